/** Gradio's hooks for the form as a whole: each gets the listener's inputs and returns its outputs. */
import { replaceRows } from "../loras/rows.js";
import { pressWith } from "../press/guard.js";
import { pressable } from "../press/press.js";
import { useStyles } from "../prompt/styles.js";
import { partsOf } from "../refiner/refiner.js";
import { withShape } from "../shape/shape.js";
import { copyText } from "../shared/dom.js";
import { formFields, formNumbers, RANDOM_SEED } from "../shared/fields.js";
import { fill, requestedValues } from "../shared/form_fill.js";
import { notice } from "../shared/messages.js";
import { text } from "../shared/texts.js";
import { clearSourceImage, restoreSourceImage } from "../source_image/panel.js";
import { defaultPreset, formLink, usualForm } from "./draft.js";
import { sayFilled } from "./filled.js";

/** All fields as on a first visit. */
export const reset_form = () => {
  if (!usualForm()) return;
  fill(usualForm());
  sayFilled(text("form.was_reset"));
};

/** Copies an address that fills the form. */
export const copy_link = async () => {
  await copyText(formLink(), document.querySelector("#copy-link"));
  await notice("link_copied");
};

/** Hook: a random seed. */
export const random_seed = () => ({ seed: RANDOM_SEED });

/** One press for two images: with the LoRAs and without. */
export const compare_loras = async () => {
  await pressable(); // the guard is installed by then, and adds the extras to this press
  pressWith({ comparison: true, pictures: 2 });
};

/** Preset, guidance and steps, where there is a choice of presets. */
async function presetNumbers(settings) {
  if (!document.querySelector("#field-preset")) return { preset: null };
  return (await import("../speed/speed.js")).presetOf(settings, defaultPreset());
}

/** Hook: fills every field with the requested values; empties further LoRA rows and replaces the source image.
 * @returns {Promise<Object<string, any>>} values by the names of the listener's outputs */
export const fill_form = async () => {
  const settings = requestedValues();
  const fields = [...formFields("text"), ...formNumbers(), ...formFields("choice")];
  const values = Object.fromEntries(fields.map(({ name, usual }) => [name, settings[name] ?? usual ?? ""]));
  clearSourceImage();
  if (settings.source) restoreSourceImage(settings.source);
  useStyles(settings.styles ?? []);
  return {
    ...withShape(values), ...(await presetNumbers({ ...settings, ...values })), pictures: settings.pictures ?? 1,
    ...replaceRows(settings.loras ?? []), ...partsOf(values.refine),
  };
};
