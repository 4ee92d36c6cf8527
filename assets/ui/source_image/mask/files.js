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

/** Reads a mask of the server's: white changes. @param {Blob} file @param {number} width @param {number} height
 * @returns {Promise<Bitmap>} */
export async function read(file, width, height) {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.drawImage(await createImageBitmap(file), 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return new Bitmap(width, height, Uint8Array.from({ length: width * height }, (_, at) => (data[4 * at] >= 128 ? 255 : 0)));
}
