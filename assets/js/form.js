/**
 * What Gradio's listeners run in the browser alone: each function takes the listener's inputs and returns its
 * outputs, see the panels in components/ui.
 */
import { copy } from "./dom.js";
import { link, reset, usualSpeed } from "./draft.js";
import { tieHelp } from "./fields.js";
import { wanted } from "./filling.js";
import { clearPicture } from "./picture.js";
import { pressWith } from "./presses.js";
import { show_way } from "./refiner.js";
import { useStyles } from "./styles.js";

const MOST_LORAS = 4;
const NO_REFINER = { refine: "no_refiner", high_noise_frac: 0.8, refine_steps: 28 };
const EMPTY_ROW = ["", 1, true];
let loraRows = 1;

const shown = (visible) => ({ __type__: "update", visible });
const rowsShown = () => Array.from({ length: MOST_LORAS }, (_, place) => shown(place < loraRows));
const shapeName = (width, height) => `${width}x${height}`;

/** The gallery's functions; a quick person may press before it is there. */
async function gallery() {
  while (!window.playground?.press) await new Promise((then) => setTimeout(then, 20));
  return window.playground;
}

/** The press of Generate: gives it its ticket and shows its tiles. Presses before the guard was there are all one. */
export const press = async (...values) => {
  const isEarly = !window.playground?.press;
  return (await gallery()).press(isEarly, ...values);
};

/** On narrow screens the settings stand below the results, however many there are. */
export const to_settings = () => document.querySelector("#settings").scrollIntoView({ behavior: "smooth" });

/** A named shape moves both sliders. @param {string} shape such as 1024x1024 */
export const size_of_shape = (shape) => shape.split("x").map(Number);

/** The sliders choose the shape of their size, or none. */
export const shape_of_size = (width, height) => {
  const named = [...document.querySelectorAll("#shape input")].map((input) => input.value);
  const name = shapeName(width, height);
  return named.includes(name) ? name : null;
};

export const swap_size = (width, height) => [height, width, shape_of_size(height, width)];

/** "Match my picture" sets the size. */
export const size_of_picture = () => {
  const { width, height } = window.playground.picture_size;
  return [width, height, shape_of_size(width, height)];
};

/** All fields as on a first visit. */
export const reset_form = reset;

/** An address that fills the form, in the clipboard. */
export const copy_link = async () => {
  await copy(link(), document.querySelector("#copy-link"));
  (await gallery()).say("link_copied");
};

export const random_seed = () => -1;

/** One press, two pictures: with the LoRAs and without. */
export const compare_loras = async () => {
  await gallery(); // with it stands the guard of presses
  pressWith({ comparison: true, pictures: 2 });
};

/** Show one more row, up to the most that the model takes. */
export const add_lora = async () => {
  if (loraRows === MOST_LORAS) (await gallery()).say("too_many_loras");
  loraRows = Math.min(loraRows + 1, MOST_LORAS);
  setTimeout(tieHelp, 300); // once Gradio has drawn the row
  return rowsShown();
};

/** Take a row out and move those below it up; the last empty row stays. */
function removeLora(number, values) {
  const rows = Array.from({ length: MOST_LORAS }, (_, place) => values.slice(3 * place, 3 * place + 3));
  rows.splice(number - 1, 1);
  rows.push(EMPTY_ROW);
  loraRows = Math.max(loraRows - 1, 1);
  return [...rows.flat(), ...rowsShown()];
}

export const remove_lora_1 = (...values) => removeLora(1, values);
export const remove_lora_2 = (...values) => removeLora(2, values);
export const remove_lora_3 = (...values) => removeLora(3, values);
export const remove_lora_4 = (...values) => removeLora(4, values);

/** Put LoRAs into empty rows; one that is there already is left alone. @param {any[]} values of all rows
 * @param {{path: string, scale: number}[]} loras @returns {any[] | null} null when there are too few rows */
export function fillRows(values, loras) {
  const rows = Array.from({ length: MOST_LORAS }, (_, place) => values.slice(3 * place, 3 * place + 3));
  for (const { path, scale } of loras) {
    if (rows.some((row) => row[0]?.trim() === path)) continue;
    const place = rows.findIndex((row) => !row[0]?.trim());
    if (place < 0) return null;
    rows[place] = [path, scale, true];
    loraRows = Math.max(loraRows, place + 1);
  }
  setTimeout(tieHelp, 300); // once Gradio has drawn the rows
  return [...rows.flat(), ...rowsShown()];
}

/** The numbers that count at the speed, where there is a choice. */
async function numbersOf(one) {
  if (!document.querySelector("#field-preset")) return { ...one, preset: null };
  return (await import("./speed.js")).speedOf(one, usualSpeed());
}

/** Fill every field; LoRA rows that are not wanted become empty. */
export const fill_form = async () => {
  const one = wanted();
  const refiner = Object.fromEntries(Object.entries(NO_REFINER).map(([name, usual]) => [name, one[name] ?? usual]));
  const { preset, guidance_scale, num_inference_steps } = await numbersOf(one);
  clearPicture();
  useStyles(one.styles ?? []);
  const loras = Array.from({ length: MOST_LORAS }, (_, place) => one.loras[place]);
  loraRows = Math.max(one.loras.length, 1);
  return [
    one.prompt,
    one.negative_prompt,
    guidance_scale,
    num_inference_steps,
    one.seed,
    one.pictures ?? 1,
    one.width,
    one.height,
    ...loras.flatMap((lora) => (lora ? [lora.path, lora.scale, lora.on ?? true] : EMPTY_ROW)),
    ...Object.values(refiner),
    preset,
    shape_of_size(one.width, one.height),
    ...rowsShown(),
    ...show_way(refiner.refine),
  ];
};
