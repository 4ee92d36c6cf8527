/** Gradio's hooks for the form as a whole: each gets the listener's inputs and returns its outputs. */
import { replaceRows } from "../loras/rows.js";
import { pressWith } from "../press/guard.js";
import { pressable } from "../press/press.js";
import { useStyles } from "../prompt/styles.js";
import { partsOf } from "../refiner/refiner.js";
import { shape_of_size } from "../shape/shape.js";
import { copyText } from "../shared/dom.js";
import { inOrder, requestedValues } from "../shared/form_fill.js";
import { notice } from "../shared/messages.js";
import { clearSourceImage } from "../source_image/panel.js";
import { defaultPreset, formLink, reset } from "./draft.js";

const NO_REFINER = { refine: "no_refiner", high_noise_frac: 0.8, refine_steps: 28 };

/** Scrolls to the settings: on narrow screens they stand below the results, however many there are. */
export const to_settings = () => document.querySelector("#settings").scrollIntoView({ behavior: "smooth" });

/** All fields as on a first visit. */
export const reset_form = reset;

/** Copies an address that fills the form. */
export const copy_link = async () => {
  await copyText(formLink(), document.querySelector("#copy-link"));
  await notice("link_copied");
};

export const random_seed = () => -1;

/** One press for two images: with the LoRAs and without. */
export const compare_loras = async () => {
  await pressable(); // the guard is installed by then, and adds the extras to this press
  pressWith({ comparison: true, pictures: 2 });
};

/** Preset, guidance and steps, where there is a choice of presets. */
async function presetNumbers(settings) {
  if (!document.querySelector("#field-preset")) return { ...settings, preset: null };
  return (await import("../speed/speed.js")).presetOf(settings, defaultPreset());
}

/** Fills every field with the requested values; empties further LoRA rows and removes the source image.
 * @param {string[]} names of the listener's outputs @returns {Promise<any[]>} */
export const fill_form = async (names) => {
  const settings = requestedValues();
  const { preset, guidance_scale, num_inference_steps } = await presetNumbers(settings);
  const refiner = Object.fromEntries(
    Object.entries(NO_REFINER).map(([name, usual]) => [name, settings[name] ?? usual]));
  clearSourceImage();
  useStyles(settings.styles ?? []);
  const { prompt, negative_prompt, seed, width, height, loras } = settings;
  return inOrder(names, {
    prompt, negative_prompt, preset, guidance_scale, num_inference_steps, seed, pictures: settings.pictures ?? 1,
    width, height, shape: shape_of_size(width, height),
    ...replaceRows(loras), ...refiner, ...partsOf(refiner.refine),
  });
};
