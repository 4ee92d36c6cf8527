/** What follows from distances in a mask: growing it, and how the new picture fades in at its edge. No DOM. */
import { Bitmap } from "./bitmap.js";

/** Returns a mask with every pixel within `reach` pixels of a white one, all round.
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

/** How far each pixel's nearest white one is in its own row, up to `most`. */
function distancesInRows({ width, height, data }, most) {
  const away = new Uint16Array(width * height);
  for (let y = 0; y < height; y++) {
    let last = most;
    for (let x = 0; x < width; x++) {
      last = data[y * width + x] ? 0 : Math.min(most, last + 1);
      away[y * width + x] = last;
    }
    last = most;
    for (let x = width - 1; x >= 0; x--) {
      last = data[y * width + x] ? 0 : Math.min(most, last + 1);
      if (last < away[y * width + x]) away[y * width + x] = last;
    }
  }
  return away;
}

/** Returns how much of the new picture shows, 0 to 255 a pixel, as the server blends it (inpainting.py): rising from
 * the edge inwards over `feather` pixels by the chessboard distance. The picture's border is no edge.
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
  const before = [[-1, 0], [-1, -1], [0, -1], [1, -1]];
  const after = before.map(([right, down]) => [-right, -down]);
  for (let at = 0; at < data.length; at++) step(at, at % width, before);
  for (let at = data.length - 1; at >= 0; at--) step(at, at % width, after);
  return Uint8Array.from(inside, (distance) => Math.round((255 * Math.min(distance, feather)) / feather));
}
