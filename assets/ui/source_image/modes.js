/** Ways to edit a source image: what a press sends in each. */
import { REMOVAL_PROMPT } from "../shared/removal.js";

/**
 * @typedef {"restyle" | "part" | "remove" | "extend"} Mode a key of `source_image.mode` in the catalogue
 * @typedef {object} Way
 * @property {number} strength before the visitor changes it, 0 to 1 @property {boolean} hasMask a press needs a mask
 * @property {string} icon @property {string} [prompt] is sent in place of the visitor's
 */

/** @type {Object<Mode, Way>} */
export const MODES = {
  restyle: { strength: 0.55, hasMask: false, icon: "style" },
  part: { strength: 0.8, hasMask: true, icon: "edit" },
  remove: { strength: 1, hasMask: true, icon: "erase", prompt: REMOVAL_PROMPT },
  extend: { strength: 0.8, hasMask: true, icon: "extend" },
};

/** An image without its mask, its extension, and what was chosen for it. */
export const untouched = () => ({
  fitted: null, painted: null, mask: null, way: "match", mode: "restyle", isExtended: false, narrower: [],
  strengths: Object.fromEntries(Object.entries(MODES).map(([mode, { strength }]) => [mode, strength])),
});

/** Name of the message of what a mode needs and the visitor has not done; "" without.
 * @param {{mode: Mode, painted: ?object, isExtended: boolean}} state @returns {string} */
export function missing({ mode, painted, isExtended }) {
  if (mode === "extend") return isExtended && painted ? "" : "nothing_extended";
  return MODES[mode].hasMask && !painted ? "nothing_marked" : "";
}
