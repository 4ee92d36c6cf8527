/** Dialog of cards with images to choose from. */
import { openDialog } from "./dialog.js";
import { make } from "./dom.js";

/** Opens the dialog; resolves when it is closed.
 * @param {{title: string, hint: string, notes?: HTMLElement[], cards: HTMLElement[], foot: HTMLElement[]}} content */
export const openCards = ({ cards, ...parts }) => openDialog({
  ...parts, className: "cards", style: new URL("./card_dialog.css", import.meta.url),
  content: [make("ul", {}, ...cards.map((card) => make("li", {}, card)))],
});
