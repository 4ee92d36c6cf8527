/** The form as it stands, and what from elsewhere (a draft, a link) may be put into it. */
import { chosenStyles } from "./styles.js";

const LORAS = [1, 2, 3, 4];
const LONGEST = 10_000; // letters of a text, as the server has it
const NUMBERS = {
  width: "Width", height: "Height", guidance_scale: "Guidance", num_inference_steps: "Steps", seed: "Seed",
  high_noise_frac: "Handover", refine_steps: "Refiner steps",
};
const WHOLE = new Set(["width", "height", "num_inference_steps", "seed", "refine_steps"]);

/** With the fast preset: what stands there for the other one. @type {{values: ?object}} */
export const best = { values: null };
/** Where nobody chose others. */
export const BEST = { guidance_scale: 3.5, num_inference_steps: 28 };

const box = (id) => document.querySelector(`#field-${id} :is(textarea, input)`);
const slider = (label) => document.querySelector(`input[aria-label="range slider for ${label}"]`);
const choices = (id) => [...document.querySelectorAll(`#field-${id} input`)].map(({ value }) => value);
const chosen = (id) => document.querySelector(`#field-${id} input:checked`)?.value;

/** @returns {import("./filling.js").Settings & {styles: string[]}} what is not on the page is left out */
export function formValues() {
  const numbers = Object.entries(NUMBERS).map(([name, label]) => [name, numberOf(label)]);
  return {
    prompt: box("prompt")?.value ?? "",
    negative_prompt: box("negative-prompt")?.value ?? "",
    ...Object.fromEntries(numbers.filter(([, value]) => value !== undefined)),
    pictures: Number(chosen("pictures") ?? 1),
    refine: chosen("refine") ?? "no_refiner",
    preset: chosen("preset"),
    ...(best.values && { best: best.values }),
    loras: LORAS.map(row).filter(Boolean),
    styles: chosenStyles().map(({ name }) => name),
  };
}

/** What of a picture's settings may stand in a link. @param {object} row @returns {object} */
export function shareable(row) {
  const names = ["prompt", "negative_prompt", ...Object.keys(NUMBERS), "pictures", "refine", "preset"];
  const told = names.filter((name) => row[name] != null).map((name) => [name, row[name]]);
  const loras = row.loras.map(({ path, scale }) => ({ path, scale, on: true }));
  return { ...Object.fromEntries(told), loras, styles: [] };
}

/** Makes of anything what the form can hold: unknown names and wrong kinds are dropped, numbers put in their range.
 * @param {any} given @param {object} usual what stands where nothing good is given
 * @returns {{settings: object, moved: string[]}} `moved` names the numbers that were out of range */
export function fitting(given, usual) {
  const from = given && typeof given === "object" && !Array.isArray(given) ? given : {};
  const moved = [];
  const settings = { ...usual };
  for (const name of ["prompt", "negative_prompt"]) if (typeof from[name] === "string") settings[name] = from[name].slice(0, LONGEST);
  for (const [name, label] of Object.entries(NUMBERS)) {
    if (!Number.isFinite(from[name])) continue;
    settings[name] = inRange(from[name], label, WHOLE.has(name));
    if (settings[name] !== from[name]) moved.push(label);
  }
  if ([1, 2, 3, 4].includes(from.pictures)) settings.pictures = from.pictures;
  for (const name of ["refine", "preset"]) if (choices(name).includes(from[name])) settings[name] = from[name];
  if (from.preset === "fast" && settings.preset !== "fast") moved.push("Speed");
  const { guidance_scale, num_inference_steps } = from.best ?? {};
  if (from.best) settings.best = { ...BEST, ...fitting({ guidance_scale, num_inference_steps }, {}).settings };
  if (Array.isArray(from.loras)) settings.loras = from.loras.filter(isLora).slice(0, LORAS.length).map(lora);
  if (Array.isArray(from.styles)) settings.styles = from.styles.filter((name) => typeof name === "string").slice(0, 50);
  return { settings, moved };
}

function numberOf(label) {
  const value = document.querySelector(`input[aria-label="number input for ${label}"]`)?.value;
  return value === undefined || value === "" ? undefined : Number(value);
}

function row(number) {
  const path = box(`lora-${number}`);
  if (!path?.offsetParent) return null;
  const use = document.querySelector(`#field-lora-${number}-on input`);
  return { path: path.value, scale: numberOf(`LoRA ${number} scale`) ?? 1, on: use?.checked !== false };
}

const isLora = (one) => typeof one?.path === "string" && (one.scale === undefined || Number.isFinite(one.scale));

const lora = ({ path, scale = 1, on }) => ({
  path: path.slice(0, 2000), scale: inRange(scale, "LoRA 1 scale", false), on: on !== false,
});

function inRange(value, label, isWhole) {
  const { min, max } = slider(label) ?? {};
  const low = min === undefined || min === "" ? value : Number(min);
  const high = max === undefined || max === "" ? value : Number(max);
  const inside = Math.min(Math.max(value, low), high);
  return isWhole ? Math.round(inside) : inside;
}
