/** What an empty page offers: examples that fill in the form and spend nothing. */
import { button, make } from "./dom.js";
import { clip, words } from "./words.js";

const beside = (path) => new URL(`../examples/${path}`, import.meta.url).href;
let fetched = null;

/** Shows the example cards in a node. They are fetched when first needed.
 * @param {HTMLElement} place @param {(example: object) => void} choose */
export async function showExamples(place, choose) {
  fetched ??= fetch(beside("examples.json")).then((answer) => (answer.ok ? answer.json() : []));
  const examples = await fetched.catch(() => (fetched = null) ?? []);
  if (!examples.length || place.dataset.wanted !== "yes" || place.firstChild) return;
  const cards = examples.map((example) => make("li", {}, card(example, choose)));
  place.append(
    make("h3", {}, words.examples), make("p", { className: "quiet" }, words.examplesHint),
    make("ul", { className: "examples" }, ...cards));
}

function card(example, choose) {
  const image = make("img", { alt: "", decoding: "async", src: beside(example.picture) });
  const text = [make("strong", {}, example.title), make("span", {}, clip(example.prompt, 120))];
  const use = button("", () => choose(example), { className: "card", "aria-label": words.useExample(example.title) });
  use.append(image, ...text);
  return use;
}
