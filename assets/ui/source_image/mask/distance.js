/** Grow and feather of a mask, from distances in it. No DOM. */
import { Bitmap } from "./bitmap.js";

/** Grows a mask by `reach` pixels on all sides.
 * @param {Bitmap} mask @param {number} reach @returns {Bitmap} */
export function grown(mask, reach) {
  if (!reach) return mask;
  const { width, height } = mask;
  const across = distancesInRows(mask, reach + 1);
  const next = new Bitmap(width, height);
  for (let down = -reach; down <= reach; down++) {
    const side = Math.floor(Math.sqrt(reach ** 2 - down ** 2));
    for (let y = Math.max(0, -down); y < Math.min(height, height - down); y++) {
      const from = (y + down) * width;
      const to = y * width;
      for (let x = 0; x < width; x++) if (across[from + x] <= side) next.data[to + x] = 255;
    }
  }
  return next;
}

/** Distance of each pixel to the nearest set one of its row, at most `limit`. */
function distancesInRows({ width, height, data }, limit) {
  const distances = new Uint16Array(width * height);
  for (let y = 0; y < height; y++) {
    let last = limit;
    for (let x = 0; x < width; x++) {
      last = data[y * width + x] ? 0 : Math.min(limit, last + 1);
      distances[y * width + x] = last;
    }
    last = limit;
    for (let x = width - 1; x >= 0; x--) {
      last = data[y * width + x] ? 0 : Math.min(limit, last + 1);
      if (last < distances[y * width + x]) distances[y * width + x] = last;
    }
  }
  return distances;
}

/** Opacity of the new image, 0 to 255 a pixel, as the server blends it (components/images/composite.py): rising from
 * the edge inwards over `feather` pixels by the chessboard distance. The image's border is no edge.
 * @param {Bitmap} mask @param {number} feather @returns {Uint8Array} */
export function faded(mask, feather) {
  if (feather <= 1) return mask.data;
  const { width, height, data } = mask;
  const inside = new Uint16Array(data.length);
  const step = (at, x, around) => {
    if (!data[at]) return;
    let least = feather;
    for (const [right, down] of around) {
      const other = at + down * width + right;
      if (x + right < 0 || x + right >= width || other < 0 || other >= data.length) continue;
      least = Math.min(least, inside[other] + 1);
    }
    inside[at] = Math.min(inside[at] || feather, least);
  };
  // Two passes give the exact chessboard distance: forth with the neighbours before a pixel, back with those after it.
  const before = [[-1, 0], [-1, -1], [0, -1], [1, -1]];
  const after = before.map(([right, down]) => [-right, -down]);
  for (let at = 0; at < data.length; at++) step(at, at % width, before);
  for (let at = data.length - 1; at >= 0; at--) step(at, at % width, after);
  return Uint8Array.from(inside, (distance) => Math.round((255 * Math.min(distance, feather)) / feather));
}
