/** Comparison of any two images: one is set aside, another opened. Fetched when the first image is opened. */
import { button, make, setText } from "../shared/dom.js";
import { clip } from "../shared/words.js";
import { differences } from "./changes.js";
import { words } from "./words.js";

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
  const set = (value, text) => {
    first = value;
    draw();
    setText(status, text);
    node.querySelector("button").focus();
  };
  const draw = () => node.replaceChildren(...buttons());
  const buttons = () => {
    if (!first) return [button(words.storeToCompare, () => set({ row, picture }, words.stored))];
    const compare = button(words.compareWithStored, () => openComparison(first, { row, picture }));
    const isFirst = first.picture.src === picture.src;
    return [...(isFirst ? [] : [compare]), button(words.doNotCompare, () => set(null, ""))];
  };
  draw();
  return node;
}

async function openComparison(one, other) {
  const { open } = await import("../compare/dialog.js");
  const [left, right] = names(one.row, other.row);
  await open({ ...one, name: left }, { ...other, name: right }, { title: words.twoImages });
}

/** Names of the two images: their differences, where these are few. */
function names(one, other) {
  const found = differences(one, other);
  if (!found.length || found.length > MOST_NAMED) return [words.first, words.second];
  const named = (side) => found
    .map(({ name, [side]: value }) => `${words.fields[name]} ${clip(value, MOST_CHARACTERS) || words.nothing}`)
    .join(", ");
  return [named("before"), named("after")];
}
