/** Question what to do with an image file that holds its settings. Fetched when a file holds some. */
import { button, make } from "../shared/dom.js";
import { fill, formBefore } from "../shared/form_fill.js";
import { inFull } from "../shared/messages.js";
import { text } from "../shared/texts.js";

/** @typedef {{settings: import("../shared/form_fill.js").Settings,
 *   left_out: import("../shared/messages.js").Message[]}} Recipe */

/** Asks. @param {HTMLElement} place its content is replaced @param {Recipe} recipe
 * @param {() => void} start starts from the image instead */
export function ask(place, recipe, start) {
  if (!Object.keys(recipe.settings).length) {
    start();
    return place.replaceChildren(...unread(place, recipe));
  }
  const use = button(text("source_image.recipe_use"), () => {
    fill(recipe.settings);
    place.replaceChildren(...report(place, recipe, formBefore()));
    place.querySelector("button").focus({ preventScroll: true }); // the button that was pressed is gone
  });
  const startFrom = button(text("source_image.recipe_start"), () => {
    place.replaceChildren();
    start();
  });
  const question = make("p", {}, text("source_image.recipe_found"));
  place.replaceChildren(make("div", { className: "offer" }, question, make("div", { className: "row" }, use, startFrom)));
}

/** Why nothing can be used. */
const unread = (place, { left_out: [why] }) =>
  [make("p", {}, inFull(why)), button(text("shared.dismiss"), () => place.replaceChildren())];

/** What was used, and what could not be. @param {?object} before what the form held until then */
function report(place, { left_out: leftOut }, before) {
  const nodes = [make("p", {}, text("source_image.recipe_used"))];
  if (leftOut.length) {
    const list = make("ul", {}, ...leftOut.map((message) => make("li", { dir: "auto" }, inFull(message))));
    nodes.push(make("p", {}, text("source_image.recipe_but")), list);
  }
  const undo = button(text("form.undo"), () => {
    place.replaceChildren();
    fill(before);
  });
  const dismiss = button(text("shared.dismiss"), () => place.replaceChildren());
  return [...nodes, make("div", { className: "row" }, dismiss, undo)];
}
