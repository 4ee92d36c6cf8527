/** Puts settings into the whole form at once; whoever offers settings (an example, a recipe) asks for it here. */

/** @typedef {object} Settings what is left out becomes its default
 * @property {string} prompt @property {string} negative_prompt
 * @property {number} guidance_scale @property {number} num_inference_steps @property {number} seed
 * @property {number} width @property {number} height @property {{path: string, scale: number, on?: boolean}[]} loras
 * @property {number} [pictures] @property {string} [refine] @property {number} [high_noise_frac]
 * @property {?number} [refine_steps] @property {string[]} [styles] by their names
 * @property {?string} [preset] @property {{guidance_scale: number, num_inference_steps: number}} [best] with a fast preset:
 *   what stands there for the other one */

let trigger = null;
let settings = null;

/** Gradio sets its fields in a listener alone. @param {() => void} start starts the listener */
export const fillBy = (start) => (trigger = start);

/** @param {Settings} wanted all fields become these; a picture to start from is taken out */
export function fill(wanted) {
  settings = { ...wanted };
  trigger();
}

/** @returns {Settings} what the listener is to put in */
export const wanted = () => settings;
