/** A mask taken from its file at the server. Fetched after a reload, and when a mask file was sent. */
import { address } from "../../shared/dom.js";
import { read } from "./files.js";

/** @param {{src: string, feather: number}} kept @param {{width: number, height: number}} image
 * @returns {Promise<?import("./editor.js").Painted>} null when the file is gone; what was grown is drawn now */
export async function restoredMask({ src, feather }, { width, height }) {
  const answer = await fetch(address(src));
  if (!answer.ok) return null;
  const png = await answer.blob();
  const painted = await read(png, width, height);
  return { painted, mask: painted, grow: 0, feather, png };
}
