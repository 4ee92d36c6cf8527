/** Notes below the boxes of the prompts. */
import { make } from "../shared/dom.js";

const SETTLED_MS = 400; // after the last key: screen readers read the notes, which must not change at each key

/** Hook that updates a note once no key is pressed any more. @param {() => void} update @returns {() => void} */
export function onceSettled(update) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(update, SETTLED_MS);
  };
}

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
