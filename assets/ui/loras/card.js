/** What the cards of all LoRAs have: trigger words, the license, a link to the page. */
import { make } from "../shared/dom.js";
import { listOf } from "../shared/formats.js";
import { pieces, text } from "../shared/texts.js";

const LICENCE_ON_PAGE = "other"; // as Hugging Face calls a licence of the author's own

/** @param {string[]} words at least one @returns {HTMLElement} */
export function triggers(words) {
  const chips = listOf(words, (word) => make("strong", {}, word));
  return make("p", { className: "quiet" }, ...pieces("loras.triggers", { words: chips }, words.length));
}

/** @param {{title: string, page: string, licence: string}} lora "" where the page names no licence
 * @returns {HTMLElement} */
export function facts({ title, page, licence }) {
  const label = text("loras.page_of", { title });
  const link = make("a", { href: page, target: "_blank", rel: "noopener", "aria-label": label }, text("loras.page"));
  return make("p", { className: "quiet facts" }, licenceNode(licence), link);
}

function licenceNode(licence) {
  if (!licence) return make("span", {}, text("loras.find.no_licence"));
  const name = make("span", {}, licence === LICENCE_ON_PAGE ? text("loras.licence_on_page") : licence);
  return make("span", {}, ...pieces("loras.licence", { licence: name }));
}
