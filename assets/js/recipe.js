/** Offers the settings that a picture file holds. Fetched when a file holds some. */
import { button, make } from "./dom.js";
import { fill } from "./filling.js";
import { inFull } from "./messages.js";
import { words } from "./recipe_words.js";

/** @typedef {{settings: import("./filling.js").Settings, left_out: import("./messages.js").Message[]}} Recipe */

/** @param {HTMLElement} place what stood there goes @param {Recipe} recipe */
export function offer(place, recipe) {
  const use = button(words.use, () => {
    place.replaceChildren(...used(place, recipe));
    place.querySelector("button").focus({ preventScroll: true }); // the pressed one is gone
    fill(recipe.settings);
  });
  place.replaceChildren(make("div", { className: "offer" }, make("p", {}, words.found), use));
}

function used(place, { left_out }) {
  const told = [make("p", {}, words.used)];
  if (left_out.length) {
    const list = make("ul", {}, ...left_out.map((one) => make("li", { dir: "auto" }, inFull(one))));
    told.push(make("p", {}, words.but), list);
  }
  return [...told, button(words.dismiss, () => place.replaceChildren())];
}
