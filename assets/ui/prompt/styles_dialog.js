/** Dialog of prompt styles to choose from, each with its sample image. Fetched when first opened. */
import { openCards } from "../shared/card_dialog.js";
import { button, make } from "../shared/dom.js";
import { list } from "../shared/formats.js";
import { sampleNote } from "../shared/painter.js";
import { text } from "../shared/texts.js";

/** @typedef {import("./chosen_styles.js").Style} Style */

const SAMPLE = 192; // pixels a side
const urlOf = (path) => new URL(`../../prompt_styles/${path}`, import.meta.url).href;
let fetched = null; // a promise

/** @returns {Promise<Style[]>} all styles; empty where they cannot be loaded */
export function loadStyles() {
  fetched ??= fetch(urlOf("styles.json")).then((answer) => (answer.ok ? answer.json() : Promise.reject()));
  return fetched.catch(() => (fetched = null) ?? []);
}

/** Opens the dialog; resolves when it is closed. @param {Style[]} chosen
 * @param {(styles: Style[]) => void} onChange runs at each press, with the styles in the order of the list */
export async function chooseStyles(chosen, onChange) {
  const styles = await loadStyles();
  const names = new Set(chosen.map(({ name }) => name));
  const words = make("p", { dir: "auto" });
  const details = make("details", { className: "added" }, make("summary", {}, text("prompt.what_styles_add")), words);
  const draw = (some) => {
    details.hidden = !some.length;
    words.textContent = added(some);
  };
  const report = () => {
    const some = styles.filter(({ name }) => names.has(name));
    draw(some);
    onChange(some);
  };
  draw(chosen);
  const cards = styles.map((style) => card(style, names, report));
  const clear = button(text("prompt.clear_styles"), () => {
    names.clear();
    for (const one of cards) one.setAttribute("aria-pressed", "false");
    report();
  });
  const hint = text(styles.length ? "prompt.styles_hint" : "prompt.styles_not_loaded");
  await openCards({ title: text("prompt.styles"), hint, notes: [sampleNote()], cards, foot: [details, clear] });
}

/** What styles add to the two prompts. @param {Style[]} styles */
function added(styles) {
  const words = (half) => list(styles.map((style) => style[half].replace(/^\{prompt\}, /, "")));
  return [
    text("prompt.style_words", { words: words("prompt") }),
    text("prompt.style_negative_words", { words: words("negative_prompt") }),
  ].join("\n");
}

function card({ name }, names, report) {
  const title = text(`style.${name}.title`);
  const size = { width: SAMPLE, height: SAMPLE };
  const image = make("img", { alt: "", decoding: "async", loading: "lazy", ...size, src: urlOf(`${name}.webp`) });
  const node = button("", () => {
    if (!names.delete(name)) names.add(name);
    node.setAttribute("aria-pressed", String(names.has(name)));
    report();
  }, { className: "card", "aria-label": title, "aria-pressed": String(names.has(name)) });
  node.append(image, make("strong", {}, title));
  return node;
}
