/** What Gradio's listeners of the refiner's panel run in the browser alone, see components/ui/refiner.py. */

const TRAINED_STEPS = 1000;
const LABELS = { no_refiner: "off", expert_ensemble_refiner: "ensemble of experts", base_image_refiner: "second pass" };

const update = (change) => ({ __type__: "update", ...change });

/** Shows the slider of the way that is chosen. @param {string} way */
export const show_way = (way) => [
  update({ label: `Refiner: ${LABELS[way]}` }),
  update({ visible: way === "expert_ensemble_refiner" }),
  update({ visible: way === "base_image_refiner" }),
];

/** How many steps each does, as components/handover.py has it. @param {number} steps @param {number} handover
 * @param {boolean} each both have one at least @returns {[number, number]} */
export function shared(steps, handover, each) {
  const cut = Math.round(TRAINED_STEPS - handover * TRAINED_STEPS);
  const spacing = Math.floor(TRAINED_STEPS / steps);
  let base = 0;
  for (let number = 0; number < steps; number++) if (number * spacing + 1 >= cut) base++;
  if (each) base = Math.max(1, Math.min(base, steps - 1));
  return [base, steps - base];
}

/** Says what a handover means in steps. @param {number} steps @param {number} handover @returns {string} */
export function share_steps(steps, handover) {
  const [base, refiner] = shared(steps, handover, Boolean(document.querySelector("#shares.each")));
  if (!refiner) return `${steps} steps, all of them base: there is nothing left for the refiner.`;
  if (!base) return `${steps} steps, none of them base: choose a later handover or more steps.`;
  return `${steps} steps: ${base} base + ${refiner} refiner.`;
}
