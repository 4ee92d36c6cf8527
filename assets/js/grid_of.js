/** Which pictures of one press stand in a grid, and along what. */
import { partner } from "./pairs.js";

const READERS = {
  guidance_scale: (row) => row.guidance_scale,
  num_inference_steps: (row) => row.num_inference_steps,
  seed: (row) => row.seed,
  lora: (row) => row.loras[0]?.scale ?? null,
  strength: (row) => row.strength,
  high_noise_frac: (row) => row.high_noise_frac,
  prompt: (row) => row.prompt,
};

/** The pictures of one press, in their order. @param {string} click @param {object[]} rows @returns {object[]} */
export const rowsOf = (click, rows) => rows.filter((row) => row.click === click && !row.expected).sort((one, other) => one.number - other.number);

/** Whether a press differs in more than consecutive seeds, and is no comparison of two. @param {object[]} rows */
export const isGrid = (rows) => rows.length > 1 && !partner(rows[0], rows) && varying(rows).some((field) => field !== "seed" || rows.length > 4);

/** @typedef {{field: string, value: any}} Label
 * @param {object[]} rows in their order @returns {{across: Label[], down: Label[]}} `down` is empty for a single line */
export function axesOf(rows) {
  const fields = varying(rows);
  const labels = (field) => distinct(rows, field).map((value) => ({ field, value }));
  const [first = "seed", second] = fields;
  if (!second) return { across: labels(first), down: [] };
  const [across, down] = read(rows[0], first) === read(rows[1], first) ? [second, first] : [first, second];
  return { across: labels(across), down: labels(down) };
}

/** Where a row stands. @returns {[number, number]} column, line */
export function placeOf(row, { across, down }) {
  const at = (labels) => Math.max(0, labels.findIndex(({ field, value }) => read(row, field) === value));
  return [at(across), at(down)];
}

/** Shows them live. @param {() => object[]} rows @param {(said: string) => void} say */
export async function showGrid(rows, say) {
  const { open } = await import("./grid_view.js");
  await open(rows, say);
}

const read = (row, field) => READERS[field](row);
const distinct = (rows, field) => [...new Set(rows.map((row) => read(row, field)))];
const varying = (rows) => Object.keys(READERS).filter((field) => distinct(rows, field).length > 1);
