/** Price behind the label of a button. */
import { make } from "./dom.js";

/** What follows a label: a dot and the price; style sheets hide the dot where the price has a line of its own.
 * @param {string} price "" where none is shown @returns {Node[]} */
export const afterLabel = (price) =>
  price ? [make("span", { className: "dot" }, " · "), new Text(price)] : [];
