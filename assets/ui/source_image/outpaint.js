/** Outpainting: controls that extend an image, how much is added, and the mask of what is new. Fetched when opened. */
import { button, make } from "../shared/dom.js";
import { sides as lengths } from "../shared/labels.js";
import { text } from "../shared/texts.js";
import { Bitmap } from "./mask/bitmap.js";
import { png } from "./mask/files.js";

const PART = 4; // a press adds a quarter of the side
const MULTIPLE = 8; // pixels: what is added is a multiple of this
const FEATHER = 16; // pixels, as wide as the seam that the server leaves
/** Where an image is extended, by code: the sides to which pixels are added. */
const DIRECTIONS = {
  wider: { both: ["left", "right"], left: ["left"], right: ["right"] },
  taller: { both: ["top", "bottom"], top: ["top"], bottom: ["bottom"] },
};

/** @typedef {("left"|"top"|"right"|"bottom")[]} Sides */

/** Creates the controls. @param {(sides: Sides) => void} extend @param {() => void} onUndo
 * @returns {{node: HTMLElement, undo: HTMLButtonElement}} */
export function outpaintControls(extend, onUndo) {
  const undo = button(text("source_image.undo_outpaint"), onUndo);
  const rows = Object.entries(DIRECTIONS).map(([direction, choices]) => {
    const label = (name) => text(`source_image.${direction}.${name}`);
    const where = make("select", { "aria-label": label("where") },
      ...Object.keys(choices).map((value) => make("option", { value }, label(value))));
    return make("div", { className: "row" }, button(label("extend"), () => extend(choices[where.value])), where);
  });
  const hint = make("p", { className: "quiet" }, text("source_image.outpaint_hint"));
  const node = make("div", { className: "room-controls" }, hint, ...rows, undo);
  return { node, undo };
}

/** Extends an image and uploads the mask of what is new.
 * @param {import("./edit_panel.js").Fitted} image @param {Sides} sides @param {import("./upload.js").SourceImages} server
 * @returns {Promise<{original: object, fitted: object, painted: object, mask: object, report: string}>} */
export async function extend(image, sides, server) {
  const original = await server.extend({ name: image.name, ...padding(sides, image) });
  const painted = await maskAround(original);
  const fitted = await server.fit({ name: original.name, ...original.match, way: "match" });
  const mask = { ...(await server.uploadMask(fitted, painted.png)), feather: painted.feather };
  return { original, fitted, painted, mask, report: reportOf(original) };
}

function reportOf(extended) {
  const size = text("source_image.extended", lengths(extended));
  return extended.is_smaller ? `${size} ${text("source_image.became_smaller")}` : size;
}

/** Pixels to add on each side. @param {Sides} sides @param {{width: number, height: number}} image */
function padding(sides, { width, height }) {
  const length = sides.some((side) => side === "left" || side === "right") ? width : height;
  const each = Math.max(1, Math.round(length / PART / MULTIPLE / sides.length)) * MULTIPLE;
  return Object.fromEntries(sides.map((side) => [side, each]));
}

/** Mask of what is new, in the form in which the editor returns one.
 * @param {{width: number, height: number, kept: [number, number, number, number]}} extended
 * @returns {Promise<import("./mask/editor.js").Painted>} */
async function maskAround({ width, height, kept: original }) {
  const painted = new Bitmap(width, height);
  painted.fill(255);
  painted.rectangle(...original, 0);
  return { painted, mask: painted, grow: 0, feather: FEATHER, png: await png(painted) };
}
