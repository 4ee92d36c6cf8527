/** Ideas for prompts, at the end of the results: a click fills in the form and spends nothing. */
import { button, make } from "../shared/dom.js";
import { clip } from "../shared/labels.js";
import { sampleNote } from "../shared/painter.js";
import { text } from "../shared/texts.js";

const urlOf = (path) => new URL(`../../examples/${path}`, import.meta.url).href;
let examples = null; // a promise

/** Shows the example cards in a node. They are fetched when first needed.
 * @param {HTMLElement} node @param {(example: object) => void} choose */
export async function showExamples(node, choose) {
  examples ??= fetch(urlOf("examples.json")).then((answer) => (answer.ok ? answer.json() : []));
  const found = await examples.catch(() => (examples = null) ?? []);
  if (!found.length || node.firstChild) return;
  const cards = found.map((example) => make("li", {}, card(example, choose)));
  node.append(
    make("h2", {}, text("form.examples")), make("p", { className: "quiet" }, text("form.examples_hint")), sampleNote(),
    make("ul", { className: "examples" }, ...cards));
}

function card(example, choose) {
  const image = make("img", { alt: "", decoding: "async", src: urlOf(example.picture) });
  const title = text(`example.${example.id}.title`);
  const prompt = clip(example.prompt, 120);
  const label = `${text("form.use_example", { title })}. ${prompt}`; // who speaks to the page says what is seen
  const use = button("", () => choose(example), { className: "example", "aria-label": label });
  use.append(image, make("strong", {}, title), " ", make("span", { dir: "auto" }, prompt));
  return use;
}
