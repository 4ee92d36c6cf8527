/** Who paints for this tab: the demo painter of practice mode, or SDXL. Samples say so where SDXL will differ. */
import { make } from "./dom.js";
import { text } from "./texts.js";

const CHANGED = "playground:painter";
let isDemo; // undefined before the server has said it

/** @param {boolean} isPractice */
export function setPractice(isPractice) {
  isDemo = isPractice;
  dispatchEvent(new Event(CHANGED));
}

/** Note about samples that the demo painter drew; hidden in practice mode, which draws like them.
 * @returns {HTMLElement} */
export const sampleNote = () =>
  followPainter(make("p", { className: "quiet sample-note" }, text("shared.demo_samples")));

/** Hides a note about samples in practice mode; before it is known it stays as it is.
 * @param {HTMLElement} note @returns {HTMLElement} */
export function followPainter(note) {
  const draw = () => (note.hidden = isDemo ?? note.hidden);
  addEventListener(CHANGED, draw);
  draw();
  return note;
}
