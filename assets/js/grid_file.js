/** One picture of a whole grid with its labels. Fetched when one is saved. */
import { address } from "./dom.js";
import { placeOf } from "./grid_of.js";
import { say } from "./grid_words.js";

const MOST = 8192; // px a side: what phones' canvases hold
const LARGEST = 1024; // px a side of one cell
const GAP = 8;
const LETTERS = 22; // px

/** Draws and saves it. @param {object[]} rows those with a picture @param {{across: object[], down: object[]}} axes */
export async function saveGrid(rows, axes) {
  const bitmaps = await Promise.all(rows.map(async ({ pictures: [picture] }) =>
    createImageBitmap(await (await fetch(address(picture.src))).blob())));
  const canvas = drawn(rows, bitmaps, axes);
  const file = await new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no room"))), "image/png"));
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: `grid-${rows[0].seed}.png` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function drawn(rows, bitmaps, axes) {
  const [columns, lines] = [axes.across.length, Math.max(1, axes.down.length)];
  const { width, height } = bitmaps[0];
  const scale = Math.min(1, LARGEST / width, LARGEST / height, MOST / (columns * width + 300), MOST / (lines * height + 100));
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  const font = `${LETTERS}px sans-serif`;
  pen.font = font;
  const side = axes.down.length ? Math.min(240, Math.max(...axes.down.map((label) => pen.measureText(say.of(label)).width)) + 2 * GAP) : 0;
  const top = LETTERS + 2 * GAP;
  Object.assign(canvas, { width: side + columns * (w + GAP), height: top + lines * (h + GAP) });
  Object.assign(pen, { fillStyle: "white", font, textBaseline: "middle" });
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = "black";
  axes.across.forEach((label, at) => pen.fillText(say.of(label), side + at * (w + GAP), top / 2, w));
  axes.down.forEach((label, at) => pen.fillText(say.of(label), GAP, top + at * (h + GAP) + h / 2, side - 2 * GAP));
  rows.forEach((row, at) => {
    const [column, line] = placeOf(row, axes);
    pen.drawImage(bitmaps[at], side + column * (w + GAP), top + line * (h + GAP), w, h);
  });
  return canvas;
}
