/**
 * A press that would make the very same picture: its seed is locked, and all else is as in a picture that is there or
 * under way. One that costs money is asked about before anything is sent.
 */
import { formFields, formNumbers, RANDOM_SEED } from "../shared/fields.js";

const LORA_ROWS = [1, 2, 3, 4];
const LOST = ["failed", "unknown", "stopped"]; // states without a picture, or perhaps without
const pressed = new Map(); // click -> its form, as JSON

/** Remembers what a press sends. @param {string} click @param {object} form */
export const rememberPress = (click, form) => pressed.set(click, JSON.stringify(form));

/** Whether a press would make a picture again that costs money.
 * @param {Object<string, any>} form its fields, and those of its ticket @param {object[]} rows of the gallery
 * @returns {boolean} */
export function isRepeat(form, rows) {
  if (form.seed === RANDOM_SEED || form.grid || form.comparison) return false;
  const same = JSON.stringify(form);
  return rows.some((row) => isPaid(row) && (pressed.get(row.click) === same || isOf(form, row)));
}

/** Whether there is, or will be, a picture that was paid for: a free one has no price once it is there. */
const isPaid = ({ state, micros }) => !LOST.includes(state) && (micros > 0 || (micros == null && state !== "completed"));

/** Whether an image has just the settings of the form. With styles or a start picture only the press itself tells. */
function isOf(form, row) {
  if (form.picture || form.styles?.length || row.strength != null) return false;
  return formFields("text").every(({ name, key }) => trimmed(form[name]) === trimmed(row[key]))
    && formNumbers().every(({ name, key }) => row[key] == null || row[key] === form[name])
    && formFields("choice").every(({ name, key, usual }) => (form[name] || usual) === (row[key] || usual))
    && JSON.stringify(lorasOf(form)) === JSON.stringify(row.loras.map(({ path, scale }) => [path, scale]));
}

const trimmed = (text) => String(text ?? "").trim();

const lorasOf = (form) => LORA_ROWS
  .filter((number) => trimmed(form[`lora_${number}`]) && form[`lora_${number}_on`] !== false)
  .map((number) => [trimmed(form[`lora_${number}`]), form[`lora_${number}_scale`]]);
