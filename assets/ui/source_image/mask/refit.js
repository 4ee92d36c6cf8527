/** A mask carried over to another fit of its image. Fetched when that first happens. */
import { carried } from "./bitmap.js";
import { grown } from "./distance.js";
import { png } from "./files.js";

/** @param {import("./editor.js").Painted} painted @param {{placement: import("./bitmap.js").Placement}} before
 * @param {{width: number, height: number, placement: import("./bitmap.js").Placement}} after
 * @returns {Promise<import("./editor.js").Painted>} */
export async function refit(painted, before, { width, height, placement }) {
  const drawn = carried(painted.painted, before.placement, placement, width, height);
  const mask = grown(drawn, painted.grow);
  return { ...painted, painted: drawn, mask, png: await png(mask) };
}
