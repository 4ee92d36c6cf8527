/** Images too large to upload, made smaller in the browser. */
const SHORT_SIDE = 1536; // to which the server scales an image, see components/images/source.py
const LONG_SIDE = 4096;
const LARGE = 40_000_000; // pixels

/** Returns a smaller JPEG of an image, upright; null for a file that the browser cannot read.
 * @param {Blob} file @param {{onlyLarge?: boolean}} [options] `onlyLarge`: null too for an image that has few enough
 *   pixels @returns {Promise<?Blob>} */
export async function shrunk(file, { onlyLarge = false } = {}) {
  let image;
  try {
    // Turned upright here: the new file has no EXIF data to say so.
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
  // JPEG has no transparency: clear pixels would become black.
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return canvas.convertToBlob({ type: "image/jpeg", quality: 0.95 });
}
