/** What is attached to the prompt, a row of chips under its text: start picture, styles, LoRAs, a locked seed. */
import { button, make } from "./dom.js";
import { icon } from "./icons.js";
import { text } from "./texts.js";

const KINDS = ["picture", "style", "lora", "seed"]; // in the order of the row

/**
 * @typedef {object} Chip
 * @property {string} label @property {string} removeLabel name of the button that removes it
 * @property {string} [image] address of a thumbnail @property {() => void} [open] shows its controls
 * @property {() => void} remove
 */

const chips = new Map(); // kind -> its chips
let list = null; // Gradio may mount the component again: the list outlives its element

/** Shows the chips in a gr.HTML component. @param {{element: HTMLElement}} host */
export function mount({ element }) {
  list ??= make("ul", { className: "attached", "aria-label": text("prompt.attached") });
  element.replaceChildren(list);
  draw();
}

/** Replaces the chips of one kind. @param {"picture" | "style" | "lora" | "seed"} kind @param {Chip[]} next */
export function attach(kind, next) {
  chips.set(kind, next);
  draw();
}

function draw() {
  const all = KINDS.flatMap((kind) => (chips.get(kind) ?? []).map((chip) => drawn(kind, chip)));
  list?.replaceChildren(...all);
  if (list) list.hidden = !all.length;
}

function drawn(kind, { label, removeLabel, image, open, remove }) {
  const face = open ? button(label, open, { className: "face" }) : make("span", { className: "face" }, label);
  if (image) face.prepend(make("img", { src: image, alt: "" }));
  const cross = button("", remove, { className: "cross", "aria-label": removeLabel, title: removeLabel });
  cross.append(icon("close"));
  return make("li", { className: `chip of-${kind}` }, face, cross);
}
