/** The source image as a chip at the prompt: what is attached is seen. */
import { attach } from "../shared/attached.js";
import { address } from "../shared/dom.js";
import { text } from "../shared/texts.js";

let shown = "";

/** Shows the chip, and hides it without an image.
 * @param {{original: ?object, fitted: ?{src: string}, mode: string, show: () => void, remove: () => void}} panel */
export function showChip(panel) {
  const { original, fitted, mode } = panel;
  const label = original ? text(`source_image.mode.${mode}.name`) : "";
  const image = fitted ? address(`${fitted.src}?thumb`) : "";
  if (shown === label + image) return; // the chip stays, and with it the focus
  shown = label + image;
  const removeLabel = text("source_image.detach");
  attach("picture", original ? [{ label, image, removeLabel, open: () => panel.show(), remove: () => panel.remove() }] : []);
}
