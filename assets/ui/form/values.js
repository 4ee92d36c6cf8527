/** Values of the form as it stands, and settings out of untrusted values: a draft, a link. */
import { ROWS } from "../loras/rows.js";
import { chosenStyles } from "../prompt/chosen_styles.js";
import { numberInput } from "../shared/dom.js";
import { BEST, best } from "../shared/form_fill.js";

const MOST_CHARACTERS = 10_000; // of a prompt, as in components/domain/schema.py
const MOST_PATH = 2000; // characters of a LoRA's path
const MOST_STYLES = 50;
/** Numbers of the form, by their names in the API. */
const NUMBERS = [
  "width", "height", "guidance_scale", "num_inference_steps", "seed", "high_noise_frac", "refine_steps",
];
const WHOLE = new Set(["width", "height", "num_inference_steps", "seed", "refine_steps"]);

const textInput = (id) => document.querySelector(`#field-${id} :is(textarea, input)`);
const choices = (id) => [...document.querySelectorAll(`#field-${id} input`)].map(({ value }) => value);
const chosen = (id) => document.querySelector(`#field-${id} input:checked`)?.value;

/** Values of the form; a field that is not on the page is left out.
 * @returns {import("../shared/form_fill.js").Settings & {styles: string[]}} */
export function formValues() {
  const numbers = NUMBERS.map((name) => [name, numberOf(name)]);
  return {
    prompt: textInput("prompt")?.value ?? "",
    negative_prompt: textInput("negative-prompt")?.value ?? "",
    ...Object.fromEntries(numbers.filter(([, value]) => value !== undefined)),
    pictures: Number(chosen("pictures") ?? 1),
    refine: chosen("refine") ?? "no_refiner",
    preset: chosen("preset"),
    ...(best.values && { best: best.values }),
    loras: ROWS.map(loraOf).filter(Boolean),
    styles: chosenStyles().map(({ name }) => name),
  };
}

/** Settings of an image that may stand in a link. @param {object} row @returns {object} */
export function shareable(row) {
  const names = ["prompt", "negative_prompt", ...NUMBERS, "pictures", "refine", "preset"];
  const settings = names.filter((name) => row[name] != null).map((name) => [name, row[name]]);
  const loras = row.loras.map(({ path, scale }) => ({ path, scale, on: true }));
  return { ...Object.fromEntries(settings), loras, styles: [] };
}

/** Turns any value into settings that the form can hold: unknown names and wrong types are dropped, numbers clamped.
 * @param {any} values @param {object} usual what a missing or wrong value becomes
 * @returns {{settings: object, moved: string[]}} `moved` names the fields whose values are not offered */
export function settingsFrom(values, usual) {
  const from = values && typeof values === "object" && !Array.isArray(values) ? values : {};
  const moved = [];
  const settings = { ...usual };
  for (const name of ["prompt", "negative_prompt"]) {
    if (typeof from[name] === "string") settings[name] = from[name].slice(0, MOST_CHARACTERS);
  }
  for (const name of NUMBERS.filter((one) => Number.isFinite(from[one]))) {
    settings[name] = clamp(from[name], name, WHOLE.has(name));
    if (settings[name] !== from[name]) moved.push(name);
  }
  if ([1, 2, 3, 4].includes(from.pictures)) settings.pictures = from.pictures;
  for (const name of ["refine", "preset"]) if (choices(name).includes(from[name])) settings[name] = from[name];
  if (from.preset === "fast" && settings.preset !== "fast") moved.push("preset");
  if (from.best) settings.best = bestFrom(from.best);
  if (Array.isArray(from.loras)) settings.loras = from.loras.filter(isLora).slice(0, ROWS.length).map(loraFrom);
  if (Array.isArray(from.styles)) {
    settings.styles = from.styles.filter((name) => typeof name === "string").slice(0, MOST_STYLES);
  }
  return { settings, moved };
}

const bestFrom = ({ guidance_scale, num_inference_steps }) =>
  ({ ...BEST, ...settingsFrom({ guidance_scale, num_inference_steps }, {}).settings });

function numberOf(field) {
  const value = numberInput(field)?.value;
  return value === undefined || value === "" ? undefined : Number(value);
}

function loraOf(number) {
  const path = textInput(`lora-${number}`);
  if (!path?.offsetParent) return null; // the row is hidden
  const use = document.querySelector(`#field-lora-${number}-on input`);
  return { path: path.value, scale: numberOf(`lora_${number}_scale`) ?? 1, on: use?.checked !== false };
}

const isLora = (one) => typeof one?.path === "string" && (one.scale === undefined || Number.isFinite(one.scale));

const loraFrom = ({ path, scale = 1, on }) => ({
  path: path.slice(0, MOST_PATH), scale: clamp(scale, "lora_1_scale", false), on: on !== false,
});

/** Clamps a number to the range of its slider. */
function clamp(value, field, isWhole) {
  const { min, max } = numberInput(field, "range") ?? {};
  const low = min === undefined || min === "" ? value : Number(min);
  const high = max === undefined || max === "" ? value : Number(max);
  const inside = Math.min(Math.max(value, low), high);
  return isWhole ? Math.round(inside) : inside;
}
