/** Dialog of cards with images to choose from. */
import { closeButton } from "./close_button.js";
import { make } from "./dom.js";
import { closeOnBack } from "./layers.js";
import { loadStyle } from "./stylesheet.js";

/** Opens the dialog; resolves when it is closed.
 * @param {{title: string, hint: string, notes?: HTMLElement[], cards: HTMLElement[], foot: HTMLElement[]}} content */
export async function openCards({ title, hint, notes = [], cards, foot }) {
  await loadStyle(new URL("./card_dialog.css", import.meta.url).href);
  const node = make("dialog", { className: "cards", "aria-label": title },
    make("header", {}, make("h2", {}, title), make("p", {}, hint), ...notes,
      closeButton(() => node.close())),
    make("ul", {}, ...cards.map((card) => make("li", {}, card))),
    make("footer", {}, ...foot));
  // A click on the backdrop has the dialog itself as its target.
  node.addEventListener("click", (event) => event.target === node && node.close());
  document.body.append(node);
  node.showModal();
  closeOnBack(node);
  return new Promise((resolve) => node.addEventListener("close", () => resolve(node.remove())));
}
