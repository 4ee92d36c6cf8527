/** Mouse, pen and fingers on the image: one draws, two zoom and move it. Touches never scroll the page. */

/** @typedef {{start: (place: object) => void, go: (from: object, to: object) => void, end: () => void,
 *   drop: () => void, hover: (place: ?object) => void}} Strokes `drop` undoes what a first finger drew */

/** @param {import("./view.js").View} view @param {Strokes} strokes */
export function watchPointers(view, strokes) {
  const down = new Map();
  let last = null; // position of the pointer that draws, while it draws

  const middle = () => {
    const [one, other] = [...down.values()];
    return {
      x: (one.clientX + other.clientX) / 2, y: (one.clientY + other.clientY) / 2,
      apart: Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1,
    };
  };

  // Else Chromium takes a quick stroke for a fling, and the next tap, on Done, for the one that stops it.
  view.node.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  view.node.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    event.preventDefault();
    view.node.setPointerCapture(event.pointerId);
    down.set(event.pointerId, event);
    if (down.size === 1) {
      last = view.place(event);
      strokes.start(last);
    } else if (last) {
      last = null;
      strokes.drop();
    }
  });

  view.node.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "touch") strokes.hover(view.place(event));
    if (!down.has(event.pointerId)) return;
    if (down.size === 2) {
      const before = middle();
      down.set(event.pointerId, event);
      const after = middle();
      return view.move(after.apart / before.apart, after, { x: after.x - before.x, y: after.y - before.y });
    }
    down.set(event.pointerId, event);
    if (!last) return;
    // Browsers send one move a frame: without those in between a quick stroke has corners.
    const moves = event.getCoalescedEvents?.() ?? [];
    for (const move of moves.length ? moves : [event]) {
      const place = view.place(move);
      strokes.go(last, place);
      last = place;
    }
  });

  const lift = (event) => {
    down.delete(event.pointerId);
    if (!last || down.size) return;
    last = null;
    if (event.type === "pointercancel") strokes.drop();
    else strokes.end();
  };
  view.node.addEventListener("pointerup", lift);
  view.node.addEventListener("pointercancel", lift);
  view.node.addEventListener("pointerleave", () => strokes.hover(null));
  view.node.addEventListener("wheel", (event) => {
    event.preventDefault();
    view.move(event.deltaY < 0 ? 1.15 : 1 / 1.15, { x: event.clientX, y: event.clientY });
  }, { passive: false });
}
