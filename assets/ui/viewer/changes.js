/** Differences between the settings of two images. */
import { fields } from "../shared/fields.js";
import { clip, fieldName, sizeText } from "../shared/labels.js";
import { shown, text } from "../shared/texts.js";
import { lorasOf, refinerOf, speedOf } from "./describe.js";

const MOST_CHARACTERS = 60; // of a value
const READERS = {
  loras: (row) => lorasOf(row).join(", "), refine: refinerOf, preset: speedOf,
  seed: ({ seed }) => (seed == null ? "" : String(seed)),
};

/** Changes since the image that was made before this one.
 * @param {object} row @param {object[]} rows all rows, the newest first
 * @returns {?string} null where there is no image before it, and where nothing or everything differs */
export function changesBetween(row, rows) {
  const before = rows
    .filter((other) => other.state === "completed" && other.id !== row.id && isBefore(other, row))
    .sort((one, other) => (isBefore(one, other) ? 1 : -1))[0];
  if (!before) return null;
  const changed = differences(before, row);
  if (!changed.length || changed.length === fieldsOf(before, row).length) return null;
  const changes = changed
    .map(({ name, before: old, after }) =>
      text("viewer.change", { name: fieldName(name), before: short(old), after: short(after) }))
    .reduce((first, next) => text("viewer.and_change", { first, next }));
  return text("viewer.changed", { changes });
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

const short = (value) => clip(value, MOST_CHARACTERS) || text("viewer.nothing");

function valuesOf(row) {
  return Object.fromEntries(compared().map(([name, read]) => [name, shown(read(row) ?? "")]));
}

/** Settings that are compared: their names, and how their values are read from a row. */
function compared() {
  const all = fields().filter(({ isCompared }) => isCompared);
  const readers = all.map(({ name, key }) => [name, READERS[name] ?? ((row) => row[key])]);
  return [...readers, ["size", sizeText], ["model", ({ model }) => model]];
}
