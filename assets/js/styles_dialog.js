/** The dialog in which prompt styles are chosen, each with its picture. Fetched when it is first opened. */
import { button, make } from "./dom.js";
import { openCards } from "./cards.js";
import { words } from "./words.js";

const beside = (path) => new URL(`../styles/${path}`, import.meta.url).href;
const say = words.styles;
let fetched = null;

/** @returns {Promise<import("./styles.js").Style[]>} all there are; none when they cannot be had */
export function loadStyles() {
  fetched ??= fetch(beside("styles.json")).then((answer) => (answer.ok ? answer.json() : Promise.reject()));
  return fetched.catch(() => (fetched = null) ?? []);
}

/** Opens the dialog; resolves when it is closed. @param {import("./styles.js").Style[]} before
 * @param {(styles: import("./styles.js").Style[]) => void} change told at each press, in the order of the list */
export async function choose(before, change) {
  const styles = await loadStyles();
  const names = new Set(before.map(({ name }) => name));
  const tell = () => change(styles.filter(({ name }) => names.has(name)));
  const cards = styles.map((style) => card(style, names, tell));
  const clear = button(say.clear, () => {
    names.clear();
    for (const one of cards) one.setAttribute("aria-pressed", "false");
    tell();
  });
  await openCards({ title: say.title, hint: styles.length ? say.hint : say.notLoaded, cards, foot: [clear] });
}

function card({ name, title }, names, tell) {
  const image = make("img", { alt: "", decoding: "async", loading: "lazy", width: 192, height: 192, src: beside(`${name}.webp`) });
  const node = button("", () => {
    if (!names.delete(name)) names.add(name);
    node.setAttribute("aria-pressed", String(names.has(name)));
    tell();
  }, { className: "card", "aria-label": title, "aria-pressed": String(names.has(name)) });
  node.append(image, make("strong", {}, title));
  return node;
}
