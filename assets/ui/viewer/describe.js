/** Texts about an image's settings, and about what its actions will do. */
import { fixed } from "../shared/formats.js";
import { text } from "../shared/texts.js";

/** @param {object} row @returns {string} "" without a refiner */
export function refinerOf({ refine, high_noise_frac: handover, refine_steps, num_inference_steps }) {
  if (refine === "expert_ensemble_refiner") return text("viewer.refiner_ensemble", { handover });
  if (refine !== "base_image_refiner") return "";
  return text("viewer.refiner_second_pass", { count: refine_steps ?? num_inference_steps });
}

/** @param {object} row @returns {string} "" on a model without presets */
export const speedOf = ({ preset }) => (preset ? text(`viewer.speed.${preset}`) : "");

/** @param {object} row @returns {string[]} */
export const lorasOf = ({ loras }) => loras.map(({ path, scale }) => text("viewer.lora", { path, scale }));

/** @param {number} ms @returns {string} */
export const duration = (ms) => (ms < 1000
  ? text("viewer.milliseconds", { count: Math.round(ms) }) : text("viewer.seconds", { seconds: fixed(ms / 1000, 1) }));

/** What was filled in, what of it is missing, and what to do.
 * @param {{picture: boolean, speed: boolean, sampler: boolean}} lost @returns {string} */
export const filledIn = (lost) => [
  text("viewer.filled"), lost.picture && text("viewer.lost_picture"), lost.speed && text("viewer.lost_speed"),
  lost.sampler && text("viewer.lost_sampler"),
  text("viewer.press_generate"),
].filter(Boolean).join(" ");
