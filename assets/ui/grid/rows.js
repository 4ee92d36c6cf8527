/** Images of one press as a grid: which belong to it, and the values along its axes. */
import { partner } from "../compare/pairs.js";
import { fields } from "../shared/fields.js";
import { fieldName } from "../shared/labels.js";
import { text } from "../shared/texts.js";

/** Settings that may differ between the cells of a grid, with their keys in a row.
 * @returns {Map<string, string>} */
const axes = () => new Map(
  fields().filter(({ inGrid, name }) => inGrid || name === "prompt").map(({ name, key }) => [name, key]));
const LORA = "lora"; // the scale of the first LoRA
const MOST_SEEDS = 4; // images of an ordinary press: more that differ in their seeds alone were a list of seeds

/** Rows of one press in their order. @param {string} click @param {object[]} rows @returns {object[]} */
export const rowsOf = (click, rows) =>
  rows.filter((row) => row.click === click && !row.expected).sort((one, other) => one.number - other.number);

/** Whether a press made a grid: neither consecutive seeds only nor a comparison of two. @param {object[]} rows */
export const isGrid = (rows) =>
  rows.length > 1 && !partner(rows[0], rows) &&
  varying(rows).some((field) => field !== "seed" || rows.length > MOST_SEEDS);

/** @typedef {{field: string, value: any}} Label `field` is a name of the API, or `lora`: the scale of the first one */

/** Labels of the axes. @param {object[]} rows in their order
 * @returns {{across: Label[], down: Label[]}} `down` is empty for a grid of one line */
export function axesOf(rows) {
  const fields = varying(rows);
  const labels = (field) => distinct(rows, field).map((value) => ({ field, value }));
  const [first = "seed", second] = fields;
  if (!second) return { across: labels(first), down: [] };
  const [across, down] = read(rows[0], first) === read(rows[1], first) ? [second, first] : [first, second];
  return { across: labels(across), down: labels(down) };
}

/** Name of an axis. @param {string} field as in a Label @returns {string} */
export function axisName(field) {
  if (field === "prompt") return text("grid.words");
  return field === LORA ? text("grid.lora_1_scale") : fieldName(field);
}

/** Cell of a row. @returns {[number, number]} column and line, from 0 */
export function cellOf(row, { across, down }) {
  const index = (labels) => Math.max(0, labels.findIndex(({ field, value }) => read(row, field) === value));
  return [index(across), index(down)];
}

const read = (row, name) => (name === LORA ? row.loras[0]?.scale ?? null : row[axes().get(name)]);
const distinct = (rows, field) => [...new Set(rows.map((row) => read(row, field)))];
const varying = (rows) => [...axes().keys(), LORA].filter((field) => distinct(rows, field).length > 1);
