/** Choice of the picture to edit, where a card has several. Fetched when first needed. */
import { address, button, make } from "../shared/dom.js";
import { alt, named } from "../shared/labels.js";
import { text } from "../shared/texts.js";
import { edit } from "../source_image/edit.js";
import { openBeside } from "./menu.js";

/** @param {object[]} rows those with pictures @param {HTMLElement} beside the button that opens it */
export const chooseToEdit = (rows, beside) => openBeside(text("gallery.edit_which"), beside, (close) => {
  const choices = rows.flatMap((row) => row.pictures.map((picture, index) => choice(row, index, close)));
  return [make("div", { className: "choices" }, ...choices)];
});

function choice(row, index, close) {
  const picture = row.pictures[index];
  const node = button("", () => {
    close();
    edit(row, picture);
  }, { className: "open", "aria-label": text("gallery.edit_one", { name: named(row) }) });
  node.classList.toggle("covered", Boolean(picture.nsfw));
  node.append(make("img", { src: address(picture.thumb), alt: alt(row), decoding: "async" }));
  return node;
}
