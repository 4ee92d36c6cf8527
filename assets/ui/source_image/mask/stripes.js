/** Stripes that mark the masked part: visible on any image, and without colour vision. */
const STRIPE = 6; // pixels of the image
const DARK = [88, 28, 135];
const LIGHT = [250, 232, 255];

/** @param {{width: number, height: number}} mask @param {Uint8Array} shown opacity of the new image, per pixel
 * @param {{left: number, top: number, right: number, bottom: number}} [box] only that part @returns {ImageData} */
export function stripes({ width, height }, shown, box = { left: 0, top: 0, right: width, bottom: height }) {
  const { left, top, right, bottom } = box;
  const part = new ImageData(right - left, bottom - top);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const value = shown[y * width + x];
      if (!value) continue;
      const at = 4 * ((y - top) * part.width + x - left);
      part.data.set(Math.floor((x + y) / STRIPE) % 2 ? DARK : LIGHT, at);
      part.data[at + 3] = 40 + 0.55 * value;
    }
  }
  return part;
}
