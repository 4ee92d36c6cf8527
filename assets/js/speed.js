/** What a speed means for the numbers of the form, see components/ui/speed.py: each speed has its own. */
import { BEST, best } from "./form_values.js";

const FAST = "fast";
const STEPS = 4; // at most
const GUIDANCE = 1;
const HELD = ["#field-guidance-scale", "#field-num-inference-steps"];

/** A person chose a speed. What stood there for Best comes back with it.
 * @param {string} preset @param {number} guidance_scale @param {number} num_inference_steps */
export function follow(preset, guidance_scale, num_inference_steps) {
  const shown = { guidance_scale, num_inference_steps };
  const now = preset === FAST ? counted(preset, shown, best.values ?? shown) : counted(preset, best.values ?? BEST, null);
  return [now.guidance_scale, now.num_inference_steps];
}

/** What the form is filled with. @param {import("./filling.js").Settings} one @param {string} [usual] the host's choice
 * @returns {{preset: string, guidance_scale: number, num_inference_steps: number}} */
export function speedOf(one, usual = "full") {
  const { guidance_scale, num_inference_steps } = one;
  const preset = one.preset ?? usual;
  const asked = one.preset ? BEST : { guidance_scale, num_inference_steps };
  return { preset, ...counted(preset, one, preset === FAST ? (one.best ?? asked) : null) };
}

/** Keeps what is for Best, and returns what counts; Gradio's sliders are held until the server's answer says why. */
function counted(preset, { guidance_scale, num_inference_steps }, forBest) {
  const isFast = preset === FAST;
  best.values = forBest;
  for (const field of document.querySelectorAll(HELD)) field.inert = isFast;
  return isFast
    ? { guidance_scale: GUIDANCE, num_inference_steps: Math.min(num_inference_steps, STEPS) }
    : { guidance_scale, num_inference_steps };
}
