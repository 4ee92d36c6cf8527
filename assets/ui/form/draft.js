/**
 * Draft of the form, stored in this browser as it changes and restored when the page is opened. Each tab has its own;
 * a new tab starts with the latest of all.
 */
import { appPath, sleep } from "../shared/dom.js";
import { onFormChange } from "../shared/form_changes.js";
import { fill, setFormReader } from "../shared/form_fill.js";
import { store, stored } from "../shared/storage.js";
import { storedPicture } from "../source_image/stored_picture.js";
import { formValues, settingsFrom } from "./values.js";

const STORAGE_KEY = `playground-draft ${appPath()}`;
const SETTLED_MS = 250; // after the last change
const DRAWN_MS = 1500; // in which Gradio has drawn what was filled in
const LINK = "#make=";

let usual = null; // the form of a first visit

/** Restores a draft, or fills in what a link holds; resolves when it stands in the form. Nothing is started.
 * @returns {Promise<?{moved: string[], before: object}>} of a link: the fields whose values are not offered, and the
 *   draft that it replaces; null without a link */
export async function restore() {
  setFormReader(() => ({ ...formValues(), source: storedPicture() }));
  usual = await untouchedForm();
  if (!usual) return follow(); // the visitor has begun to type: a draft must not replace that
  const linked = fromLink();
  const draft = settingsFrom(read(true) ?? read(false), usual).settings;
  const before = { ...draft, source: storedPicture() }; // as filling in removes the image
  const { settings, moved } = linked ? settingsFrom(linked, usual) : { settings: draft, moved: [] };
  if (!isSame(settings, usual)) await put(settings);
  follow();
  return linked && { moved, before };
}

/** Fields of a first visit; null where the visitor typed before they could be read. */
export const usualForm = () => usual;

/** Preset of a first visit. */
export const defaultPreset = () => usual?.preset;

/** Address that fills the form, without a key or an image.
 * @param {object} [values] the settings it fills in; without them the form's @returns {string} */
export function formLink(values = formValues()) {
  const changed = Object.fromEntries(Object.entries(values).filter(([name, value]) => !isSame(value, usual?.[name])));
  const { origin, pathname, search } = location;
  return `${origin}${pathname}${search}${LINK}${encodeURIComponent(JSON.stringify(changed))}`;
}

/** Values of the form once Gradio has drawn it; null where the visitor has begun to type. */
async function untouchedForm() {
  for (let tries = 0; !document.querySelector("#field-prompt textarea") && tries < 100; tries++) await sleep(20);
  const values = formValues();
  return values.prompt || values.negative_prompt ? null : values;
}

function fromLink() {
  if (!location.hash.startsWith(LINK)) return null;
  const text = location.hash.slice(LINK.length);
  // Without the link in its address, a reload restores the draft instead.
  history.replaceState(history.state, "", location.pathname + location.search);
  try {
    return JSON.parse(decodeURIComponent(text));
  } catch {
    return {};
  }
}

async function put(settings) {
  fill(settings);
  const until = performance.now() + DRAWN_MS;
  const isDrawn = ([name, value]) => name === "styles" || isSame(value, settings[name] ?? value);
  while (!Object.entries(formValues()).every(isDrawn) && performance.now() < until) await sleep(20);
}

function follow() {
  onFormChange(write, SETTLED_MS);
  // A phone may end a hidden page without `pagehide`.
  for (const name of ["pagehide", "visibilitychange"]) addEventListener(name, write, true);
  return null;
}

function write() {
  const text = JSON.stringify(formValues());
  for (const ofTab of [true, false]) store(STORAGE_KEY, text, { ofTab });
}

function read(ofTab) {
  try {
    return JSON.parse(stored(STORAGE_KEY, { ofTab }));
  } catch {
    return null; // not written by this page
  }
}

const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);
