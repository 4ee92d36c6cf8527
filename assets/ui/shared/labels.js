/** Texts for labels: a prompt in one short line, and names of images. */
import { fieldOf } from "./fields.js";
import { REMOVAL_PROMPT } from "./removal.js";
import { hasText, text } from "./texts.js";

/** Shortens a text for a label: a screen reader would read all 10,000 characters of a prompt.
 * @param {string} long @param {number} [length] characters @returns {string} one line */
export function clip(long, length = 300) {
  const line = String(long ?? "").replace(/\s+/g, " ").trim();
  return line.length > length ? `${line.slice(0, length)}…` : line;
}

/** What a job was asked for, in words of the visitor's: a removal has a prompt that only the model reads.
 * @param {{prompt: string}} row @returns {string} */
export const captionOf = ({ prompt }) => (prompt === REMOVAL_PROMPT ? text("shared.part_removed") : prompt);

/** Name of an image among others of the same prompt. @param {object} row @returns {string} */
export function named(row) {
  const prompt = clip(captionOf(row));
  return row.seed == null ? prompt : text("shared.with_seed", { prompt, seed: String(row.seed) });
}

/** Description of an image. @param {object} row @param {number} [number] among several of one task @returns {string} */
export const alt = (row, number) =>
  (number ? text("shared.picture_numbered", { prompt: captionOf(row), number }) : captionOf(row));

/** Width and height. @param {{width: number, height: number}} size pixels @returns {string} */
export const sizeText = (size) => text("shared.size", sides(size));

/** Width and height as parameters of a text: without the separators of large numbers.
 * @param {{width: number, height: number}} size pixels @returns {{width: string, height: string}} */
export const sides = ({ width, height }) => ({ width: String(width), height: String(height) });

/** Name of a setting, as its control has it; a field that is new has that of the table.
 * @param {string} name of the API, such as guidance_scale @returns {string} */
export function fieldName(name) {
  const key = [`field.${name}.label`, `field.${name}.title`].find(hasText);
  return key ? text(key) : fieldOf(name).label;
}
