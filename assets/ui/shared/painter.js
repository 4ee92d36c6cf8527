/** Who paints for this tab: the demo painter of practice mode, or SDXL. Samples say so where SDXL will differ. */
import { make } from "./dom.js";
import { text } from "./texts.js";

const CHANGED = "playground:painter";
let isDemo = false;

/** @param {boolean} isPractice */
export function setPractice(isPractice) {
  isDemo = isPractice;
  dispatchEvent(new Event(CHANGED));
}

/** Note about samples that the demo painter drew; hidden in practice mode, which draws like them.
 * @returns {HTMLElement} */
export function sampleNote() {
  const note = make("p", { className: "quiet sample-note" }, text("shared.demo_samples"));
  const draw = () => (note.hidden = isDemo);
  addEventListener(CHANGED, draw);
  draw();
  return note;
}
