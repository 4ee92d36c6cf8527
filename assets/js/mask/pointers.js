/** Mouse, pen and fingers on the picture: one draws, two zoom and move. Touches never scroll the page. */

/** @typedef {{start: (place: object) => void, go: (from: object, to: object) => void, end: () => void,
 *   drop: () => void, hover: (place: ?object) => void}} Hand */

/** @param {import("./view.js").View} view @param {Hand} hand `drop` takes back what a first finger drew */
export function watchPointers(view, hand) {
  const down = new Map();
  let last = null; // the place of the pointer that draws, while it draws

  const middle = () => {
    const [one, other] = [...down.values()];
    return {
      x: (one.clientX + other.clientX) / 2, y: (one.clientY + other.clientY) / 2,
      apart: Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1,
    };
  };

  view.node.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    event.preventDefault();
    view.node.setPointerCapture(event.pointerId);
    down.set(event.pointerId, event);
    if (down.size === 1) {
      last = view.place(event);
      hand.start(last);
    } else if (last) {
      last = null;
      hand.drop();
    }
  });

  view.node.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "touch") hand.hover(view.place(event));
    if (!down.has(event.pointerId)) return;
    if (down.size === 2) {
      const before = middle();
      down.set(event.pointerId, event);
      const after = middle();
      return view.move(after.apart / before.apart, after, { x: after.x - before.x, y: after.y - before.y });
    }
    down.set(event.pointerId, event);
    if (!last) return;
    const moves = event.getCoalescedEvents?.() ?? [];
    for (const move of moves.length ? moves : [event]) {
      const place = view.place(move);
      hand.go(last, place);
      last = place;
    }
  });

  const lift = (event) => {
    down.delete(event.pointerId);
    if (!last || down.size) return;
    last = null;
    if (event.type === "pointercancel") hand.drop();
    else hand.end();
  };
  view.node.addEventListener("pointerup", lift);
  view.node.addEventListener("pointercancel", lift);
  view.node.addEventListener("pointerleave", () => hand.hover(null));
  view.node.addEventListener("wheel", (event) => {
    event.preventDefault();
    view.move(event.deltaY < 0 ? 1.15 : 1 / 1.15, { x: event.clientX, y: event.clientY });
  }, { passive: false });
}
