/** Button that closes a dialog: the same sign at the same place in all of them. */
import { button } from "./dom.js";
import { icon } from "./icons.js";
import { text } from "./texts.js";

/** @param {() => void} close @returns {HTMLElement} */
export function closeButton(close) {
  const node = button("", close, { className: "close icon-button", "aria-label": text("shared.close"), title: text("shared.close") });
  node.append(icon("close"));
  return node;
}
