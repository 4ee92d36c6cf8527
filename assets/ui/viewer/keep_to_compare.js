/** Comparison of any two images: one is set aside, another opened. Fetched when the first image is opened. */
import { button, make, setText } from "../shared/dom.js";
import { list } from "../shared/formats.js";
import { clip, fieldName } from "../shared/labels.js";
import { text } from "../shared/texts.js";
import { differences } from "./changes.js";

const MOST_NAMED = 2; // settings in a label
const MOST_CHARACTERS = 30; // of a value in a label

let first = null; // {row, picture}, until the page is left

addEventListener("playground:deleted", ({ detail: ids }) => {
  if (ids.includes(first?.row.id)) first = null;
});

/** Buttons of an opened image. @param {object} row @param {object} picture
 * @param {HTMLElement} status shows what a press did @returns {HTMLElement} */
export function compareButtons(row, picture, status) {
  const node = make("div", { className: "pair" });
  const set = (value, report) => {
    first = value;
    draw();
    setText(status, report);
    node.querySelector("button").focus();
  };
  const draw = () => node.replaceChildren(...buttons());
  const buttons = () => {
    if (!first) return [button(text("viewer.store_to_compare"), () => set({ row, picture }, text("viewer.stored")))];
    const compare = button(text("viewer.compare_with_stored"), () => openComparison(first, { row, picture }));
    const isFirst = first.picture.src === picture.src;
    return [...(isFirst ? [] : [compare]), button(text("viewer.do_not_compare"), () => set(null, ""))];
  };
  draw();
  return node;
}

async function openComparison(one, other) {
  const { open } = await import("../compare/dialog.js");
  const [left, right] = names(one.row, other.row);
  await open({ ...one, name: left }, { ...other, name: right }, { title: text("viewer.two_images") });
}

/** Names of the two images: their differences, where these are few. */
function names(one, other) {
  const found = differences(one, other);
  if (!found.length || found.length > MOST_NAMED) return [text("viewer.first"), text("viewer.second")];
  const setting = (name, value) => text(
    "viewer.setting", { name: fieldName(name), value: clip(value, MOST_CHARACTERS) || text("viewer.nothing") });
  const named = (side) => list(found.map(({ name, [side]: value }) => setting(name, value)));
  return [named("before"), named("after")];
}
