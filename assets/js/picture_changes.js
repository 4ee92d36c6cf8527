/** What differs between a picture's settings and those of the one made before it. */
import { clip, words as labels } from "./words.js";
import { words } from "./viewer_words.js";

const LONGEST = 60; // letters of a value

/** @param {object} row @param {object[]} rows all rows, the newest first
 * @returns {?string[]} null when there is none before it, when nothing or everything differs */
export function changesBetween(row, rows) {
  const before = rows
    .filter((other) => other.state === "completed" && other.id !== row.id && isBefore(other, row))
    .sort((one, other) => (isBefore(one, other) ? 1 : -1))[0];
  if (!before) return null;
  const told = said(before, row);
  const changed = differences(before, row);
  if (!changed.length || changed.length === told.length) return null;
  return changed.map(({ name, before: old, after }) => words.change(words.fields[name], short(old), short(after)));
}

/** What differs between two pictures' settings. @param {object} one @param {object} other
 * @returns {{name: string, before: string, after: string}[]} */
export const differences = (one, other) => said(one, other).filter(({ before, after }) => before !== after);

/** What is said of either. */
function said(one, other) {
  const [before, after] = [values(one), values(other)];
  const all = Object.keys(after).map((name) => ({ name, before: before[name], after: after[name] }));
  return all.filter((field) => field.before || field.after);
}

const isBefore = (one, other) =>
  one.created < other.created || (one.click === other.click && one.number < other.number);

const short = (value) => clip(value, LONGEST) || words.nothing;

function values(row) {
  const size = `${row.width} × ${row.height}`;
  const loras = row.loras.map(({ path, scale }) => `${path} @ ${scale}`).join(", ");
  const told = { ...row, size, loras, refine: labels.refiner(row), preset: labels.speed(row) };
  return Object.fromEntries(Object.keys(words.fields).map((name) => [name, String(told[name] ?? "")]));
}
