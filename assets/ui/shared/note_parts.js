/** What a note of the page holds: a sentence, what can be done about it, and the cross that takes it away. */
import { button, make } from "./dom.js";
import { text } from "./texts.js";

/** @param {string} sentence @param {?import("../form/filled.js").Action} action @param {() => void} dismiss
 * @returns {HTMLElement[]} */
export function noteParts(sentence, action, dismiss) {
  const cross = button("×", dismiss, { className: "small", "aria-label": text("shared.dismiss") });
  const act = action && button(action.label, action.run, { className: "minor" });
  return [make("span", {}, sentence), ...(act ? [act] : []), cross];
}
