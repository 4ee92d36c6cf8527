/** Differences between the settings of two images. */
import { clip } from "../shared/words.js";
import { words } from "./words.js";

const MOST_CHARACTERS = 60; // of a value

/** Changes since the image that was made before this one.
 * @param {object} row @param {object[]} rows all rows, the newest first
 * @returns {?string[]} null where there is no image before it, and where nothing or everything differs */
export function changesBetween(row, rows) {
  const before = rows
    .filter((other) => other.state === "completed" && other.id !== row.id && isBefore(other, row))
    .sort((one, other) => (isBefore(one, other) ? 1 : -1))[0];
  if (!before) return null;
  const changed = differences(before, row);
  if (!changed.length || changed.length === fieldsOf(before, row).length) return null;
  return changed.map(({ name, before: old, after }) => words.change(words.fields[name], short(old), short(after)));
}

/** Settings in which two images differ. @param {object} one @param {object} other
 * @returns {{name: string, before: string, after: string}[]} */
export const differences = (one, other) => fieldsOf(one, other).filter(({ before, after }) => before !== after);

/** Settings that one of the two images has, or both. */
function fieldsOf(one, other) {
  const [before, after] = [valuesOf(one), valuesOf(other)];
  const all = Object.keys(after).map((name) => ({ name, before: before[name], after: after[name] }));
  return all.filter((field) => field.before || field.after);
}

const isBefore = (one, other) =>
  one.created < other.created || (one.click === other.click && one.number < other.number);

const short = (value) => clip(value, MOST_CHARACTERS) || words.nothing;

function valuesOf(row) {
  const size = `${row.width} × ${row.height}`;
  const loras = row.loras.map(({ path, scale }) => `${path} @ ${scale}`).join(", ");
  const values = { ...row, size, loras, refine: words.refiner(row), preset: words.speed(row) };
  return Object.fromEntries(Object.keys(words.fields).map((name) => [name, String(values[name] ?? "")]));
}
