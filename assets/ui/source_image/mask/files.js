/** A mask as an image file, and an image file as a mask. */
import { Bitmap } from "./bitmap.js";

/** Encodes a mask as PNG: white changes, black stays. @param {Bitmap} mask @returns {Promise<Blob>} */
export function png({ width, height, data }) {
  const canvas = new OffscreenCanvas(width, height);
  const pixels = new ImageData(width, height);
  for (let at = 0; at < data.length; at++) pixels.data.set([data[at], data[at], data[at], 255], 4 * at);
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  return canvas.convertToBlob({ type: "image/png" });
}

/** Reads an image as a mask of this size: bright pixels change; of an image with transparency, the opaque ones do.
 * @param {Blob} file @param {number} width @param {number} height @returns {Promise<Bitmap>} */
export async function read(file, width, height) {
  // "pixelated": smoothing would make grey edges of a mask's hard ones.
  const image = await createImageBitmap(file, { resizeWidth: width, resizeHeight: height, resizeQuality: "pixelated" });
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const mask = new Bitmap(width, height);
  let hasTransparent = false;
  for (let at = 3; at < data.length; at += 4) hasTransparent ||= data[at] < 128;
  for (let at = 0; at < mask.data.length; at++) {
    const [red, green, blue, opacity] = data.subarray(4 * at, 4 * at + 4);
    const bright = 0.299 * red + 0.587 * green + 0.114 * blue;
    mask.data[at] = (hasTransparent ? opacity : bright) >= 128 ? 255 : 0;
  }
  return mask;
}
