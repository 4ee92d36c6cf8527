/** Filling of the whole form: the values to fill in, and lists of field values by the names that the page hands over. */
import { fieldOf } from "./fields.js";

/** @typedef {object} Settings a missing value means the field's default
 * @property {string} prompt @property {string} negative_prompt
 * @property {number} guidance_scale @property {number} num_inference_steps @property {number} seed
 * @property {number} width @property {number} height @property {{path: string, scale: number, on?: boolean}[]} loras
 * @property {number} [pictures] @property {string} [refine] @property {number} [high_noise_frac]
 * @property {?number} [refine_steps] @property {string[]} [styles] names
 * @property {?string} [preset] @property {{guidance_scale: number, num_inference_steps: number}} [best] with the fast
 *   preset: the numbers of the other one
 * @property {?import("../source_image/stored_picture.js").StoredPicture} [source] the source image of the form */

/** Guidance and steps of the preset Best before a visitor changes them. */
export const usualBest = () => Object.fromEntries(
  ["guidance_scale", "num_inference_steps"].map((name) => [name, fieldOf(name).usual]));
/** Guidance and steps of Best while Fast is chosen, null otherwise: no control shows them then.
 * @type {{values: ?{guidance_scale: number, num_inference_steps: number}}} */
export const best = { values: null };

const DRAWN_MS = 400; // until Gradio has drawn what was filled in

let trigger = null;
let settings = null;
let readForm = () => null;
let before = null; // what the form held before it was filled last

/** Sets how the fill listener is started: Gradio sets its fields only from a listener. @param {() => void} start */
export const setFillTrigger = (start) => (trigger = start);

/** Sets how the form is read before it is filled. @param {() => Settings} read */
export const setFormReader = (read) => (readForm = read);

/** What the form held before it was filled last: filling it in undoes that. @returns {?Settings} */
export const formBefore = () => before;

/** Fills all fields and removes the source image, or restores that of the values. @param {Settings} values */
export function fill(values) {
  before = readForm();
  settings = { ...values };
  trigger();
  setTimeout(() => dispatchEvent(new Event("playground:form")), DRAWN_MS);
}

/** Values that the fill listener puts into the form. @returns {Settings} */
export const requestedValues = () => settings;

/** Gradio's update that leaves a component as it is. */
export const UNCHANGED = { __type__: "update" };

/** Names the values of a listener: here and in `inOrder` alone they have an order, that of the names.
 * @param {string[]} names of its inputs @param {any[]} values @returns {Object<string, any>} */
export const byName = (names, values) => Object.fromEntries(values.map((value, place) => [names[place], value]));

/** Lists values in the order of a listener's outputs. Throws for a name without a value.
 * @param {string[]} names @param {?Object<string, any>} [values] without them all stay as they are @returns {any[]} */
export const inOrder = (names, values) => names.map((name) => {
  if (!values) return UNCHANGED;
  if (!(name in values)) throw new Error(`no value for the field ${name}`);
  return values[name];
});
