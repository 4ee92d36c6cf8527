/** Notes below the boxes of the prompts. */
import { make } from "../shared/dom.js";

/** The note of a class below a box, made where it is missing: above, it would move what is being typed.
 * @param {string} help id of the help that stands last below the box @param {string} className of the note
 * @param {"append" | "after"} how it joins the help @returns {?HTMLElement} */
export function noteBelow(help, className, how) {
  const node = document.getElementById(help);
  const place = how === "append" ? node : node?.parentElement;
  const found = place?.querySelector(`:scope > .${className}`);
  if (found || !place) return found ?? null;
  const note = make("p", { className, role: "status", "aria-live": "polite" });
  node[how](note);
  return note;
}
