/** Menu of a card: the actions that do not stand on it. Fetched when first opened. */
import { closeButton } from "../shared/close_button.js";
import { make } from "../shared/dom.js";
import { closeOnBack } from "../shared/layers.js";
import { loadStyle } from "../shared/stylesheet.js";
import { text } from "../shared/texts.js";
import { menuOf } from "./actions.js";

const GAP = 6; // px between the button and its menu, and to the window's edge

/** Opens the menu. @param {object[]} rows of a press, those with pictures @param {HTMLElement} beside its button
 * @param {import("./actions.js").ImageActions} actions */
export async function openMenu(rows, beside, actions) {
  await loadStyle(new URL("./actions.css", import.meta.url).href);
  const status = make("p", { className: "aside", role: "status", hidden: true });
  const close = () => node.close();
  const isSingle = rows.length === 1 && rows[0].pictures.length === 1;
  const node = make("dialog", { className: "card-menu", "aria-label": text("shared.more") },
    make("header", {}, make("h2", {}, text("shared.more")), closeButton(close)), status,
    make("div", { className: "menu" }, ...menuOf(rows, isSingle ? rows[0].pictures[0] : null, actions, { status, close })));
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
