/** Pictures too large to send, made smaller before they leave. */
const SHORT_SIDE = 1536; // what is kept of a picture, see source_pictures.py
const LONG_SIDE = 4096;
const LARGE = 40_000_000; // pixels

/** Returns a smaller JPEG of a picture, upright; null for what the browser cannot read.
 * @param {Blob} file @param {{onlyLarge?: boolean}} [when] only if it has too many pixels @returns {Promise<?Blob>} */
export async function shrunk(file, { onlyLarge = false } = {}) {
  let image;
  try {
    image = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return null;
  }
  const { width, height } = image;
  if (onlyLarge && width * height <= LARGE) return null;
  const scale = Math.min(1, SHORT_SIDE / Math.min(width, height), LONG_SIDE / Math.max(width, height));
  const canvas = new OffscreenCanvas(Math.round(width * scale), Math.round(height * scale));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return canvas.convertToBlob({ type: "image/jpeg", quality: 0.95 });
}
