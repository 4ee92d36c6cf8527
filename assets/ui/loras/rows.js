/** LoRA rows of the form: added, removed, filled. All rows exist from the start; this shows and hides them. */
import { linkHelp } from "../shared/field_notes.js";
import { UNCHANGED } from "../shared/form_fill.js";
import { notice } from "../shared/messages.js";

/** Numbers of the rows, as many as components/ui/panels/loras.py makes. */
export const ROWS = [1, 2, 3, 4];
const EMPTY = { path: "", scale: 1, on: true };
const DRAWN_MS = 300; // until Gradio has drawn a row that was hidden

let visibleRows = 1;

/** Whether a row is shown. @param {number} number @returns {boolean} */
export const isRowShown = (number) => number <= visibleRows;

const visibility = () => Object.fromEntries(ROWS.map((number) => {
  return [`lora_${number}_row`, { __type__: "update", visible: isRowShown(number) }];
}));

/** Values of the fields of all rows, and whether each row is shown.
 * @param {{path: string, scale: number, on?: boolean}[]} loras one per row, further rows become empty */
function fieldsOf(loras) {
  const rows = ROWS.map((number, place) => {
    const { path, scale, on } = loras[place] ?? EMPTY;
    return { [`lora_${number}`]: path, [`lora_${number}_scale`]: scale, [`lora_${number}_on`]: on ?? true };
  });
  return Object.assign({}, ...rows, visibility());
}

const lorasOf = (fields) => ROWS.map((number) => ({
  path: fields[`lora_${number}`], scale: fields[`lora_${number}_scale`], on: fields[`lora_${number}_on`],
}));

/** Hook: shows one more row, up to the last. */
export async function add_lora() {
  if (visibleRows === ROWS.length) await notice("too_many_loras");
  visibleRows = Math.min(visibleRows + 1, ROWS.length);
  setTimeout(linkHelp, DRAWN_MS);
  return visibility();
}

/** Hook: removes a row and moves those below it up; the first row stays, emptied.
 * @param {number} number of the row @param {Object<string, any>} fields of all rows */
export function remove_lora(number, fields) {
  const loras = lorasOf(fields);
  loras.splice(number - 1, 1);
  visibleRows = Math.max(visibleRows - 1, 1);
  return fieldsOf(loras);
}

/** Replaces all rows. @param {object[]} loras @returns {Object<string, any>} by the names of fields and rows */
export function replaceRows(loras) {
  visibleRows = Math.max(loras.length, 1);
  return fieldsOf(loras);
}

/** Puts LoRAs into empty rows; one that stands in a row already is skipped.
 * @param {Object<string, any>} fields of all rows @param {{path: string, scale: number}[]} loras
 * @returns {?Object<string, any>} what changes, by the names of fields and rows; null when there are too few rows */
export function fillRows(fields, loras) {
  const rows = lorasOf(fields);
  for (const { path, scale } of loras) {
    if (rows.some((row) => row.path?.trim() === path)) continue;
    const place = rows.findIndex((row) => !row.path?.trim());
    if (place < 0) return null;
    rows[place] = { path, scale, on: true };
    visibleRows = Math.max(visibleRows, place + 1);
  }
  setTimeout(linkHelp, DRAWN_MS);
  const filled = Object.entries(fieldsOf(rows));
  return Object.fromEntries(filled.map(([name, value]) => [name, value === fields[name] ? UNCHANGED : value]));
}
