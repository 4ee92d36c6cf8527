/** Shares images as files where the browser can, else copies one. Fetched when first used. */
import { address } from "./dom.js";
import { saved } from "./keep.js";
import { text } from "./texts.js";

const NAME = /filename\*=UTF-8''([^;]+)|filename="([^"]+)"/;
const PNG = "image/png";

/** Shares images, or copies the first. @param {object[]} pictures
 * @returns {Promise<string>} what was done, "" where the browser has shown it itself */
export async function share(pictures) {
  let files;
  try {
    files = await Promise.all(pictures.map(fileOf));
  } catch {
    return text("shared.not_shared");
  }
  if (navigator.canShare?.({ files })) return handOver(files);
  return copyImage(files[0]);
}

async function handOver(files) {
  try {
    await navigator.share({ files });
    return "";
  } catch (error) {
    return error.code === DOMException.ABORT_ERR ? "" : text("shared.not_shared");
  }
}

async function copyImage(file) {
  try {
    // Clipboards take PNG alone.
    await navigator.clipboard.write([new ClipboardItem({ [PNG]: file.type === PNG ? file : await asPng(file) })]);
    return text("shared.picture_copied");
  } catch {
    return text("shared.not_shared");
  }
}

async function fileOf(picture) {
  const answer = await fetch(address(saved(picture)));
  if (!answer.ok) throw new Error(`no file: ${answer.status}`);
  const blob = await answer.blob();
  return new File([blob], nameIn(answer.headers.get("content-disposition") ?? ""), { type: blob.type });
}

/** Name that the server gives a download. */
function nameIn(header) {
  const [, encoded, plain] = NAME.exec(header) ?? [];
  return encoded ? decodeURIComponent(encoded) : plain ?? "";
}

async function asPng(file) {
  const bitmap = await createImageBitmap(file);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  return canvas.convertToBlob({ type: PNG });
}
