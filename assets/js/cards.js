/** A dialog of cards with pictures to choose from. */
import { button, make } from "./dom.js";
import { loadStyle } from "./style_sheet.js";
import { words } from "./words.js";

/** Opens it; resolves when it is closed. @param {{title: string, hint: string, cards: HTMLElement[],
 *   foot: HTMLElement[]}} shown */
export async function openCards({ title, hint, cards, foot }) {
  await loadStyle(new URL("./cards.css", import.meta.url).href);
  const done = button(words.done, () => node.close(), { className: "done" });
  const node = make("dialog", { className: "cards", "aria-label": title },
    make("header", {}, make("h2", {}, title), make("p", {}, hint)),
    make("ul", {}, ...cards.map((one) => make("li", {}, one))),
    make("footer", {}, ...foot, done));
  node.addEventListener("click", (event) => event.target === node && node.close());
  document.body.append(node);
  node.showModal();
  return new Promise((closed) => node.addEventListener("close", () => closed(node.remove())));
}
