/** Lists of presets: in this browser's storage, in files, and merged. Nothing of them is trusted. */
import { appPath } from "../shared/dom.js";
import { store, stored } from "../shared/storage.js";

/** @typedef {{name: string, settings: object}} Preset without a prompt in its settings it leaves the form's as it is */

/** Presets that are kept. */
export const MOST = 100;
/** Characters of a name. */
export const MOST_NAME = 60;
/** Bytes of a file that is read. */
export const MOST_BYTES = 2_000_000;
const MOST_TEXT = 400_000; // characters of all presets: the browser's storage holds about five million for a site
const STORAGE_KEY = `playground-presets ${appPath()}`;
const FORMAT = "sdxl-playground-presets";
const VERSION = 1;

/** Name as it is kept. @param {any} typed @returns {string} empty for none */
export const nameOf = (typed) =>
  typeof typed === "string" ? typed.normalize("NFC").replace(/\s+/g, " ").trim().slice(0, MOST_NAME).trim() : "";

const isSameName = (one, other) => one.toLowerCase() === other.toLowerCase();

/** Preset of a name, whose capitals do not matter. @param {Preset[]} presets @param {string} name @returns {?Preset} */
export const named = (presets, name) => presets.find((one) => isSameName(one.name, name)) ?? null;

/** Presets with others added: one of the same name is replaced at its place.
 * @param {Preset[]} own @param {Preset[]} added @returns {Preset[]} */
export function merged(own, added) {
  const all = [...own];
  for (const preset of added) {
    const place = all.findIndex(({ name }) => isSameName(name, preset.name));
    if (place < 0) all.push(preset);
    else all[place] = preset;
  }
  return all;
}

/** Change of presets by name: what another tab has changed meanwhile stays.
 * @typedef {{put: Preset[], drop: string[], order: string[]}} Change `order`: names as they are shown */

/** Change that makes one list of another. @param {Preset[]} before @param {Preset[]} after @returns {Change} */
export const difference = (before, after) => ({
  put: after.filter((preset) => !before.some((one) => isSame(one, preset))),
  drop: before.map(({ name }) => name).filter((name) => !named(after, name)),
  order: after.map(({ name }) => name),
});

const isSame = (one, other) =>
  one.name === other.name && JSON.stringify(one.settings) === JSON.stringify(other.settings);

/** Presets after a change, as components/domain/saved_presets.py makes it in an account.
 * @param {Preset[]} own @param {Change} change @returns {Preset[]} */
export function applied(own, { put, drop, order }) {
  const found = merged(own.filter(({ name }) => !drop.some((dropped) => isSameName(dropped, name))), put);
  const place = ({ name }) => (order.findIndex((one) => isSameName(one, name)) + 1 || order.length + 1);
  return found.sort((one, other) => place(one) - place(other));
}

/** Presets of a file, or of the storage. @param {?string} text @param {(values: object) => object} check what of any
 * values the form can hold @returns {?Preset[]} null where the text is no such file */
export function presetsIn(text, check) {
  const file = parsed(text);
  if (file?.format !== FORMAT || file.version !== VERSION || !Array.isArray(file.presets)) return null;
  return wholePresets(file.presets, check);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function wholePresets(entries, check) {
  const found = entries.map((one) => ({ name: nameOf(one?.name), settings: one?.settings }));
  const isWhole = ({ name, settings }) => name && settings && typeof settings === "object" && !Array.isArray(settings);
  return merged([], found.filter(isWhole).map(({ name, settings }) => ({ name, settings: check(settings) })));
}

/** @param {Preset[]} presets @returns {string} what `presetsIn` reads */
export const fileOf = (presets) => JSON.stringify({ format: FORMAT, version: VERSION, presets }, null, 1);

const asTheyAre = (values) => values; // what this form cannot hold may be for another model

/** Presets as the server keeps them, their settings as texts. @param {{name: string, settings: string}[]} entries
 * @returns {Preset[]} */
export const fromAccount = (entries) =>
  wholePresets(entries.map(({ name, settings }) => ({ name, settings: parsed(settings) })), asTheyAre);

/** Presets of this browser. @returns {Preset[]} */
export const storedPresets = () => presetsIn(stored(STORAGE_KEY), asTheyAre) ?? [];

/** Keeps presets in this browser. @param {Preset[]} presets @returns {"" | "too_many" | "too_large"} why they are not */
export function keep(presets) {
  if (presets.length > MOST) return "too_many";
  const file = fileOf(presets);
  if (file.length > MOST_TEXT) return "too_large";
  store(STORAGE_KEY, file);
  return "";
}
