/** A dialog of cards with pictures to choose from. */
import { button, make } from "./dom.js";
import { words } from "./words.js";

/** The dialog's own style sheet, loaded once. */
export function withStyle() {
  const href = new URL("./cards.css", import.meta.url).href;
  if (document.querySelector(`link[href="${href}"]`)) return null;
  return new Promise((then) => {
    document.head.append(make("link", { rel: "stylesheet", href, onload: then, onerror: then }));
  });
}

/** Opens it; resolves when it is closed. @param {{title: string, hint: string, cards: HTMLElement[],
 *   foot: HTMLElement[]}} shown */
export function openCards({ title, hint, cards, foot }) {
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
