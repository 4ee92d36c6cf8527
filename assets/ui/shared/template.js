/** Texts of HTML templates: elements name theirs by `data-text`, and their accessible names by `data-label`.
 * components/ui/assets.py fills in English for the first paint. */
import { text } from "./texts.js";

/** Fills in the page's language. @param {ParentNode} root */
export function fillTexts(root) {
  for (const node of root.querySelectorAll("[data-text]")) node.textContent = text(node.dataset.text);
  for (const node of root.querySelectorAll("[data-label]")) node.setAttribute("aria-label", text(node.dataset.label));
}
