/** A whole grid with its labels as one image file. Fetched when a grid is saved. */
import { address } from "../shared/dom.js";
import { saveFile } from "../shared/save_file.js";
import { cellLabel } from "./cell_label.js";
import { cellOf } from "./rows.js";

const MOST_SIDE = 8192; // px: the largest canvas of phones
const MOST_CELL = 1024; // px a side
const GAP = 8;
const FONT = 22; // px
const MOST_LABEL = 240; // px across, with its gaps
const LABEL_ROOM = { across: 300, down: 100 }; // px, at most, beside the cells

/** Draws the grid and saves it. @param {object[]} rows those with an image
 * @param {{across: object[], down: object[]}} axes */
export async function saveGrid(rows, axes) {
  const bitmaps = await Promise.all(rows.map(async ({ pictures: [image] }) =>
    createImageBitmap(await (await fetch(address(image.src))).blob())));
  saveFile(await png(draw(rows, bitmaps, axes)), `grid-${rows[0].seed}.png`);
}

const png = (canvas) => new Promise((resolve, reject) =>
  canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no memory for the canvas"))), "image/png"));

/** Size of a cell: that of its image, smaller where the canvas would become too large. */
function cellSize({ width, height }, columns, lines) {
  const scale = Math.min(1, MOST_CELL / width, MOST_CELL / height,
    MOST_SIDE / (columns * width + LABEL_ROOM.across), MOST_SIDE / (lines * height + LABEL_ROOM.down));
  return [Math.round(width * scale), Math.round(height * scale)];
}

function draw(rows, bitmaps, { across, down }) {
  const [columns, lines] = [across.length, Math.max(1, down.length)];
  const [width, height] = cellSize(bitmaps[0], columns, lines);
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  const font = `${FONT}px sans-serif`;
  context.font = font;
  const widest = () => Math.max(...down.map((label) => context.measureText(cellLabel(label)).width));
  const left = down.length ? Math.min(MOST_LABEL, widest() + 2 * GAP) : 0;
  const top = FONT + 2 * GAP;
  Object.assign(canvas, { width: left + columns * (width + GAP), height: top + lines * (height + GAP) });
  Object.assign(context, { fillStyle: "white", font, textBaseline: "middle" }); // a new size reset the context
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = "black";
  across.forEach((label, at) => context.fillText(cellLabel(label), left + at * (width + GAP), top / 2, width));
  down.forEach((label, at) =>
    context.fillText(cellLabel(label), GAP, top + at * (height + GAP) + height / 2, left - 2 * GAP));
  rows.forEach((row, at) => {
    const [column, line] = cellOf(row, { across, down });
    context.drawImage(bitmaps[at], left + column * (width + GAP), top + line * (height + GAP), width, height);
  });
  return canvas;
}
