/** What is said when the form was filled as a whole, with the button that undoes it. */
import { fill, formBefore } from "../shared/form_fill.js";
import { list } from "../shared/formats.js";
import { fieldName } from "../shared/labels.js";
import { text } from "../shared/texts.js";

/** @typedef {{label: string, run: () => void}} Action */

let show = () => {};

/** Sets where it is said. @param {(sentence: string, action?: Action) => void} place */
export const showFilledIn = (place) => (show = place);

/** Says what has filled the form.
 * @param {string} sentence @param {string[]} [moved] fields whose values are not offered
 * @param {?object} [before] what the form held until then */
export function sayFilled(sentence, moved = [], before = formBefore()) {
  const adjusted = moved.length ? text("form.moved", { count: moved.length, names: list(moved.map(fieldName)) }) : "";
  const undo = () => {
    fill(before);
    show(text("form.undone"));
  };
  show([sentence, adjusted].filter(Boolean).join(" "), before ? { label: text("form.undo"), run: undo } : undefined);
}
