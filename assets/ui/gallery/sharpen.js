/** Shows the pixels of an image itself where its thumbnail is drawn larger than it is, on the large card. */

/** @param {HTMLImageElement} image shows its thumbnail @param {string} src address of the image itself */
export function sharpen(image, src) {
  const isLarge = image.closest(".lead") && image.naturalWidth < image.clientWidth;
  if (!isLarge || navigator.connection?.saveData) return;
  const whole = new Image();
  whole.src = src;
  whole.decode().then(() => (image.src = src), () => {}); // only when it can be drawn at once; else the thumbnail stays
}
