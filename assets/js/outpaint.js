/** "Make it wider or taller": its controls, how much is added, and the mask of what is new. Fetched when opened. */
import { button, make } from "./dom.js";
import { Bitmap } from "./mask/bitmap.js";
import { png } from "./mask/files.js";
import { words } from "./outpaint_words.js";

const PART = 4; // a press adds a quarter of the side
const GRID = 8;
const FEATHER = 16; // px, as wide as the seam that the server leaves

/** @typedef {("left"|"top"|"right"|"bottom")[]} Sides */

/** Builds the controls. @param {(sides: Sides) => void} add @param {() => void} undo
 * @returns {{node: HTMLElement, changed: (times: number) => void}} `changed` says how often it can be undone */
export function roomControls(add, undo) {
  const back = button(words.undo, undo);
  const rows = words.ways.map(({ name, where, choices }) => {
    const sides = make("select", { "aria-label": where },
      ...choices.map(([label, value]) => make("option", { value }, label)));
    return make("div", { className: "row" }, button(name, () => add(sides.value.split(" "))), sides);
  });
  const node = make("div", { className: "room-controls" }, make("p", { className: "quiet" }, words.hint), ...rows, back);
  return { node, changed: (times) => (back.disabled = !times) };
}

/** How many pixels go on each side. @param {Sides} sides @param {{width: number, height: number}} picture */
export function added(sides, { width, height }) {
  const length = sides.some((side) => side === "left" || side === "right") ? width : height;
  const each = Math.max(1, Math.round(length / PART / GRID / sides.length)) * GRID;
  return Object.fromEntries(sides.map((side) => [side, each]));
}

/** The mask of what is new, as the editor would give it.
 * @param {{width: number, height: number, kept: [number, number, number, number]}} made */
export async function maskAround({ width, height, kept }) {
  const painted = new Bitmap(width, height);
  painted.fill(255);
  painted.rectangle(...kept, 0);
  return { painted, mask: painted, grow: 0, feather: FEATHER, png: await png(painted) };
}

/** What became of it, in words. @param {{width: number, height: number, is_smaller: boolean}} made */
export const told = (made) => words.told(made);
