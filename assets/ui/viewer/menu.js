/** Menu of a card, with the actions that do not stand on it, and other small dialogs beside a button. Fetched when
 * first opened. */
import { closeButton } from "../shared/close_button.js";
import { make } from "../shared/dom.js";
import { closeOnBack } from "../shared/layers.js";
import { loadStyle } from "../shared/stylesheet.js";
import { text } from "../shared/texts.js";
import { menuOf } from "./actions.js";

const GAP = 6; // px between the button and its menu, and to the window's edge

/** Opens the menu. @param {object[]} rows of a press, those with pictures @param {HTMLElement} beside its button
 * @param {import("./actions.js").ImageActions} actions */
export const openMenu = (rows, beside, actions) => openBeside(text("shared.more"), beside, (close) => {
  const status = make("p", { className: "aside", role: "status", hidden: true });
  const isSingle = rows.length === 1 && rows[0].pictures.length === 1;
  const groups = menuOf(rows, isSingle ? rows[0].pictures[0] : null, actions, { status, close });
  return [status, make("div", { className: "menu" }, ...groups)];
});

/** Opens a small dialog beside a button; on narrow screens it is a sheet.
 * @param {string} title @param {HTMLElement} beside @param {(close: () => void) => HTMLElement[]} fill */
export async function openBeside(title, beside, fill) {
  await loadStyle(new URL("./actions.css", import.meta.url).href);
  const close = () => node.close();
  const node = make("dialog", { className: "card-menu", "aria-label": title },
    make("header", {}, make("h2", {}, title), closeButton(close)), ...fill(close));
  node.addEventListener("click", ({ target }) => target === node && close());
  node.addEventListener("close", () => node.remove(), { once: true });
  document.body.append(node);
  node.showModal();
  closeOnBack(node);
  place(node, beside.getBoundingClientRect());
}

/** Places the menu beside its button; on narrow screens the style sheet does. */
function place(node, { top, bottom, right }) {
  const { height, width } = node.getBoundingClientRect();
  const below = bottom + GAP;
  const fits = below + height + GAP <= innerHeight;
  node.style.setProperty("--top", `${Math.max(GAP, fits ? below : Math.min(top - GAP, innerHeight - GAP) - height)}px`);
  node.style.setProperty("--left", `${Math.max(GAP, Math.min(right, innerWidth - GAP) - width)}px`);
}
