/** Two pictures of one press that differ in their LoRAs alone. */
import { words } from "./words.js";

/** @param {object} row @param {object[]} rows @returns {object | undefined} the row of the other side */
export const partner = (row, rows) =>
  rows.find(({ click, seed, loras }) =>
    click === row.click && seed != null && seed === row.seed && Boolean(loras.length) !== Boolean(row.loras.length));

/** @param {object} row @returns {boolean} nothing that was covered is shown by the way */
export const canCompare = ({ state, pictures }) => state === "completed" && pictures.length > 0 && !pictures[0].nsfw;

/** Shows both under a slider. @param {object} row @param {object[]} rows */
export async function compare(row, rows) {
  const other = partner(row, rows);
  if (!other) return;
  const { open } = await import("./compare.js");
  const [withIt, without] = row.loras.length ? [row, other] : [other, row];
  const side = ({ pictures: [picture] }, name) => ({ picture, name });
  const { title, seed, told, with: left, without: right } = words.comparison;
  await open(side(withIt, left), side(without, right), { title, hint: seed(withIt), told });
}
