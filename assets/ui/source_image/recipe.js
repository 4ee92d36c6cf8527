/** Offer to use the settings that an image file holds. Fetched when a file holds some. */
import { button, make } from "../shared/dom.js";
import { fill } from "../shared/form_fill.js";
import { inFull } from "../shared/messages.js";
import { words } from "./recipe_words.js";

/** @typedef {{settings: import("../shared/form_fill.js").Settings,
 *   left_out: import("../shared/messages.js").Message[]}} Recipe */

/** Shows the offer. @param {HTMLElement} place its content is replaced @param {Recipe} recipe */
export function offer(place, recipe) {
  const use = button(words.use, () => {
    place.replaceChildren(...report(place, recipe));
    place.querySelector("button").focus({ preventScroll: true }); // the button that was pressed is gone
    fill(recipe.settings);
  });
  place.replaceChildren(make("div", { className: "offer" }, make("p", {}, words.found), use));
}

/** What was used, and what could not be. */
function report(place, { left_out: leftOut }) {
  const nodes = [make("p", {}, words.used)];
  if (leftOut.length) {
    const list = make("ul", {}, ...leftOut.map((message) => make("li", { dir: "auto" }, inFull(message))));
    nodes.push(make("p", {}, words.but), list);
  }
  return [...nodes, button(words.dismiss, () => place.replaceChildren())];
}
