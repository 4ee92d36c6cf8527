/**
 * Nothing typed is lost: the form is kept in this browser as it changes and put back when the page is opened. A tab
 * has a draft of its own; a new tab begins with the latest of all.
 */
import { place, sleep } from "./dom.js";
import { fill } from "./filling.js";
import { fitting, formValues } from "./form_values.js";
import { keep, kept } from "./kept.js";

const KEY = `playground-draft ${place()}`;
const SETTLED = 250; // ms after the last change
const DRAWN = 1500; // ms in which Gradio has drawn what was filled in
const LINK = "#make=";

let usual = null; // the form as the page came
let waiting = 0;

/** Puts back what was typed, or what a link says; resolves when it stands in the form. Nothing is started.
 * @returns {Promise<?{moved: string[]}>} what a link brought; null when there was none */
export async function restore() {
  usual = await untouched();
  if (!usual) return follow(); // somebody is writing already: theirs stays
  const linked = fromLink();
  const draft = linked ?? read(true) ?? read(false);
  const { settings, moved } = draft ? fitting(draft, usual) : { settings: usual, moved: [] };
  if (draft && !same(settings, usual)) await put(settings);
  follow();
  return linked && { moved };
}

/** Puts all fields back to what they are on a first visit. */
export const reset = () => usual && fill(usual);

/** The speed on a first visit. */
export const usualSpeed = () => usual?.preset;

/** @param {object} [values] what the form is to hold; what stands in it now
 * @returns {string} an address that fills the form, without a key or a picture */
export function link(values = formValues()) {
  const told = Object.fromEntries(Object.entries(values).filter(([name, value]) => !same(value, usual?.[name])));
  const { origin, pathname, search } = location;
  return `${origin}${pathname}${search}${LINK}${encodeURIComponent(JSON.stringify(told))}`;
}

/** The form before anybody touched it; null when somebody was quicker. */
async function untouched() {
  for (let tries = 0; !document.querySelector("#field-prompt textarea") && tries < 100; tries++) await sleep(20);
  const values = formValues();
  return values.prompt || values.negative_prompt ? null : values;
}

function fromLink() {
  if (!location.hash.startsWith(LINK)) return null;
  const said = location.hash.slice(LINK.length);
  history.replaceState(history.state, "", location.pathname + location.search); // a reload keeps what is typed then
  try {
    return JSON.parse(decodeURIComponent(said));
  } catch {
    return {};
  }
}

async function put(settings) {
  fill(settings);
  const until = performance.now() + DRAWN;
  const isThere = () => Object.entries(formValues()).every(([name, value]) => name === "styles" || same(value, settings[name] ?? value));
  while (!isThere() && performance.now() < until) await sleep(20);
}

function follow() {
  for (const name of ["input", "change", "click", "playground:form"]) addEventListener(name, soon, true);
  for (const name of ["pagehide", "visibilitychange"]) addEventListener(name, write, true);
  return null;
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(write, SETTLED);
}

function write() {
  const text = JSON.stringify(formValues());
  for (const ofTab of [true, false]) keep(KEY, text, { ofTab });
}

function read(ofTab) {
  try {
    return JSON.parse(kept(KEY, { ofTab }));
  } catch {
    return null; // no text of ours
  }
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
