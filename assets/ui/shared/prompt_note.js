/** Notes below the boxes of the prompts. */
import { make } from "./dom.js";

const SETTLED_MS = 400; // after the last key: screen readers read the notes, which must not change at each key

/** Hook that updates a note once no key is pressed any more. @param {() => void} update @returns {() => void} */
export function onceSettled(update) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(update, SETTLED_MS);
  };
}

/** The note of a class below a box, made where it is missing, in the room of the help that it takes the place of.
 * @param {string} help id of the help that stands last below the box @param {string} className of the note
 * @returns {?HTMLElement} */
export function noteBelow(help, className) {
  const place = document.getElementById(help);
  const found = place?.querySelector(`:scope > .${className}`);
  if (found || !place) return found ?? null;
  const note = make("p", { className: `prompt-note ${className}`, role: "status", "aria-live": "polite" });
  place.append(note);
  return note;
}
