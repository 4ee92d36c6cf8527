/** Values of the form as it stands, and settings out of untrusted values: a draft, a link. */
import { isRowShown, ROWS } from "../loras/rows.js";
import { chosenStyles } from "../prompt/chosen_styles.js";
import { elementId, numberInput } from "../shared/dom.js";
import { formFields, formNumbers } from "../shared/fields.js";
import { best, usualBest } from "../shared/form_fill.js";

const MOST_PATH = 2000; // characters of a LoRA's path
const MOST_STYLES = 50;

const textInput = (name) => document.querySelector(`#${elementId(name)} :is(textarea, input)`);
const choices = (name) => [...document.querySelectorAll(`#${elementId(name)} input`)].map(({ value }) => value);
const chosen = (name) => document.querySelector(`#${elementId(name)} input:checked`)?.value;
const valuesBy = (fields, read) => Object.fromEntries(
  fields.map((field) => [field.name, read(field)]).filter(([, value]) => value !== undefined && value !== null));

/** Values of the form; a field that is not on the page is left out.
 * @returns {import("../shared/form_fill.js").Settings & {styles: string[]}} */
export function formValues() {
  return {
    ...valuesBy(formFields("text"), ({ name }) => textInput(name)?.value ?? ""),
    ...valuesBy(formNumbers(), ({ name }) => numberOf(name)),
    pictures: Number(chosen("pictures") ?? 1),
    ...valuesBy(formFields("choice"), ({ name, usual }) => chosen(name) || usual),
    ...(best.values && { best: best.values }),
    loras: ROWS.map(loraOf).filter(Boolean),
    styles: chosenStyles().map(({ name }) => name),
  };
}

/** Settings of an image that may stand in a link. @param {object} row @returns {object} */
export function shareable(row) {
  const shared = [...formFields("text"), ...formNumbers(), { name: "pictures", key: "pictures" }, ...formFields("choice")];
  const loras = row.loras.map(({ path, scale }) => ({ path, scale, on: true }));
  return { ...valuesBy(shared, ({ key }) => row[key]), loras, styles: [] };
}

/** Turns any value into settings that the form can hold: unknown names and wrong types are dropped, numbers clamped.
 * @param {any} values @param {object} usual what a missing or wrong value becomes
 * @returns {{settings: object, moved: string[]}} `moved` names the fields whose values are not offered */
export function settingsFrom(values, usual) {
  const from = values && typeof values === "object" && !Array.isArray(values) ? values : {};
  const moved = [];
  const settings = { ...usual };
  for (const { name, maxLength } of formFields("text")) {
    if (typeof from[name] === "string") settings[name] = from[name].slice(0, maxLength ?? undefined);
  }
  for (const field of formNumbers().filter(({ name }) => Number.isFinite(from[name]))) {
    settings[field.name] = clamp(from[field.name], field);
    if (settings[field.name] !== from[field.name]) moved.push(field.name);
  }
  if ([1, 2, 3, 4].includes(from.pictures)) settings.pictures = from.pictures;
  for (const { name, aliases } of formFields("choice")) {
    const choice = Object.hasOwn(aliases, from[name]) ? aliases[from[name]] : from[name];
    if (choices(name).includes(choice)) settings[name] = choice;
  }
  if (from.preset === "fast" && settings.preset !== "fast") moved.push("preset");
  if (from.sampler && settings.sampler !== from.sampler) moved.push("sampler");
  if (from.best) settings.best = bestFrom(from.best);
  if (Array.isArray(from.loras)) settings.loras = from.loras.filter(isLora).slice(0, ROWS.length).map(loraFrom);
  if (Array.isArray(from.styles)) {
    settings.styles = from.styles.filter((name) => typeof name === "string").slice(0, MOST_STYLES);
  }
  return { settings, moved };
}

const bestFrom = ({ guidance_scale, num_inference_steps }) =>
  ({ ...usualBest(), ...settingsFrom({ guidance_scale, num_inference_steps }, {}).settings });

function numberOf(name) {
  const value = numberInput(name)?.value;
  return value === undefined || value === "" ? undefined : Number(value);
}

function loraOf(number) {
  const path = textInput(`lora_${number}`);
  if (!path || !isRowShown(number)) return null;
  const use = document.querySelector(`#field-lora-${number}-on input`);
  return { path: path.value, scale: numberOf(`lora_${number}_scale`) ?? 1, on: use?.checked !== false };
}

const isLora = (one) => typeof one?.path === "string" && (one.scale === undefined || Number.isFinite(one.scale));

const loraFrom = ({ path, scale = 1, on }) => ({
  path: path.slice(0, MOST_PATH), scale: clamp(scale, { name: "lora_1_scale" }), on: on !== false,
});

/** Clamps a number to the range of its control, else to that of the table. */
function clamp(value, { name, minimum, maximum, isWhole }) {
  const { min, max } = numberInput(name, "range") ?? {};
  const low = min ? Number(min) : minimum ?? value;
  const high = max ? Number(max) : maximum ?? value;
  const inside = Math.min(Math.max(value, low), high);
  return isWhole ? Math.round(inside) : inside;
}
