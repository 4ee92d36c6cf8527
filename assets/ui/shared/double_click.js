/** Double click across a dialog's edge: where the first click opens or closes a dialog, the second does nothing. */

const PAUSE_MS = 500; // the usual time between the two clicks of a double click, at most
const NEAR_PX = 8;

let last = { dialog: null, x: 0, y: 0, time: -PAUSE_MS };

/** Watches for double clicks from now on. */
export function ignoreSecondClicks() {
  addEventListener("click", ignoreSecond, true);
}

/** @param {MouseEvent} event */
function ignoreSecond(event) {
  const { clientX: x, clientY: y, timeStamp: time } = event;
  const dialog = event.target.closest?.("dialog") ?? null;
  const isSecond = time - last.time < PAUSE_MS && Math.hypot(x - last.x, y - last.y) < NEAR_PX;
  const isStray = event.isTrusted && isSecond && event.detail > 0 && dialog !== last.dialog;
  last = { dialog, x, y, time };
  if (!isStray) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}
