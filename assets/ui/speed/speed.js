/** Speed presets: guidance and steps of each. Its hook is Gradio's, see components/ui/panels/speed.py. */
import { best, usualBest } from "../shared/form_fill.js";

const FAST = "fast";
const FAST_GUIDANCE = 1;
const FIXED = ["#field-guidance-scale", "#field-num-inference-steps"];

/** Hook: a visitor chose a preset. The numbers of Best come back with it.
 * @param {{preset: string, guidance_scale: number, num_inference_steps: number}} fields
 * @returns {{guidance_scale: number, num_inference_steps: number}} */
export function apply_preset({ preset, ...shown }) {
  return preset === FAST
    ? setPreset(preset, shown, best.values ?? shown) : setPreset(preset, best.values ?? usualBest(), null);
}

/** Preset and numbers to fill in. @param {import("../shared/form_fill.js").Settings} settings
 * @param {string} [usual] the host's default
 * @returns {{preset: string, guidance_scale: number, num_inference_steps: number}} */
export function presetOf(settings, usual = "full") {
  const { guidance_scale, num_inference_steps } = settings;
  const preset = settings.preset ?? usual;
  const ofBest = settings.preset ? usualBest() : { guidance_scale, num_inference_steps };
  return { preset, ...setPreset(preset, settings, preset === FAST ? (settings.best ?? ofBest) : null) };
}

/** Stores the numbers of Best and returns those in force. Gradio's sliders are fixed at once; the reason comes later,
 * with the server's estimate. */
function setPreset(preset, { guidance_scale, num_inference_steps }, forBest) {
  const isFast = preset === FAST;
  best.values = forBest;
  for (const field of document.querySelectorAll(FIXED)) field.inert = isFast;
  return isFast
    ? { guidance_scale: FAST_GUIDANCE, num_inference_steps: fastSteps(num_inference_steps) }
    : { guidance_scale, num_inference_steps };
}

/** Steps that Fast runs for a number that is set. Gradio lets the page hand over their bounds by a class alone. */
function fastSteps(steps) {
  const [, least, most] = /\bfast-steps-(\d+)-(\d+)/.exec(document.querySelector("#field-preset").className);
  return Math.min(Math.max(steps, Number(least)), Number(most));
}
