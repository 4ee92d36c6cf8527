/** Any two pictures under a slider: one is kept, another opened. Fetched when the first picture is opened. */
import { button, make, setText } from "./dom.js";
import { differences } from "./picture_changes.js";
import { clip } from "./words.js";
import { words } from "./viewer_words.js";

const MOST_NAMED = 2; // settings that a label names
const LONGEST = 30; // letters of a value there

let held = null; // {row, picture}, as long as the page stands

addEventListener("playground:deleted", ({ detail: ids }) => {
  if (ids.includes(held?.row.id)) held = null;
});

/** The buttons of an opened picture. @param {object} row @param {object} picture
 * @param {HTMLElement} said where is said what was done @returns {HTMLElement} */
export function comparer(row, picture, said) {
  const node = make("div", { className: "pair" });
  const isHeld = () => held?.picture.src === picture.src;
  const keep = (value, told) => {
    held = value;
    draw();
    setText(said, told);
    node.querySelector("button").focus();
  };
  const draw = () => node.replaceChildren(...(!held
    ? [button(words.keepToCompare, () => keep({ row, picture }, words.keptToCompare))]
    : [...(isHeld() ? [] : [button(words.compareWithKept, () => compare(held, { row, picture }))]),
      button(words.doNotCompare, () => keep(null, ""))]));
  draw();
  return node;
}

async function compare(one, other) {
  const { open } = await import("./compare.js");
  const [left, right] = names(one.row, other.row);
  await open({ ...one, name: left }, { ...other, name: right }, { title: words.twoPictures });
}

/** What each is called: by what differs, where that is little. */
function names(one, other) {
  const found = differences(one, other);
  if (!found.length || found.length > MOST_NAMED) return [words.first, words.second];
  const named = (side) => found.map(({ name, [side]: value }) => `${words.fields[name]} ${clip(value, LONGEST) || words.nothing}`).join(", ");
  return [named("before"), named("after")];
}
