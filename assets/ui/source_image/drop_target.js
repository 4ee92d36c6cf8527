/** Target drawn over the page while a file is dragged over it; it reserves no room. */
import { make } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { text } from "../shared/texts.js";

/** Draws the target. @returns {{show: () => void, hide: () => void}} */
export function dropTarget() {
  const node = make("div", { className: "drop-target", hidden: true },
    make("p", {}, icon("picture"), text("source_image.drop_here")));
  (document.querySelector(".gradio-container") ?? document.body).append(node);
  return { show: () => (node.hidden = false), hide: () => (node.hidden = true) };
}
