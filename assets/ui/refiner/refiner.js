/** Refiner panel: what its mode shows, and how the steps are split. Hooks of components/ui/panels/refiner.py. */
import { text } from "../shared/texts.js";

const TRAINED_STEPS = 1000;

const update = (change) => ({ __type__: "update", ...change });

/** Updates of the panel's parts for a mode. @param {string} mode @returns {Object<string, object>} by part */
export const partsOf = (mode) => ({
  refiner_ensemble: update({ visible: mode === "expert_ensemble_refiner" }),
  refiner_second_pass: update({ visible: mode === "base_image_refiner" }),
});

/** Hook: shows the slider of the chosen mode. @param {{refine: string}} fields */
export const show_mode = ({ refine }) => partsOf(refine);

/** Steps of base model and refiner, as components/domain/refiner_steps.py splits them.
 * @param {number} steps @param {number} handover 0 to 1
 * @param {boolean} each both get at least one @returns {[number, number]} */
export function splitSteps(steps, handover, each) {
  const cut = Math.round(TRAINED_STEPS - handover * TRAINED_STEPS);
  const spacing = Math.floor(TRAINED_STEPS / steps);
  let base = 0;
  for (let number = 0; number < steps; number++) if (number * spacing + 1 >= cut) base++;
  if (each) base = Math.max(1, Math.min(base, steps - 1));
  return [base, steps - base];
}

/** Hook: what a handover means in steps.
 * @param {{num_inference_steps: number, high_noise_frac: number}} fields @returns {{shares: string}} */
export const split_text = ({ num_inference_steps: steps, high_noise_frac: handover }) =>
  ({ shares: splitText(steps, handover) });

function splitText(steps, handover) {
  const [base, refiner] = splitSteps(steps, handover, Boolean(document.querySelector("#shares.each")));
  if (!refiner) return text("refiner.split_all_base", { count: steps });
  if (!base) return text("refiner.split_no_base", { count: steps });
  return text("refiner.split", { count: steps, base, refiner });
}
