/** Labels of the large view and of what can be done with its image. */
const lost = ({ picture, speed }) => [
  picture && " The picture that it started from is not put back.",
  speed && " It was painted fast, which is not offered here: set its steps and guidance anew.",
].filter(Boolean).join("");

export const words = {
  actions: "What to do with it",
  change: (name, before, after) => `${name} ${before} → ${after}`,
  changed: (changes) => `Changed since the one before: ${changes.join("; ")}`,
  compareWithStored: "Compare with the one kept",
  doNotCompare: "Do not compare",
  facts: {
    prompt: "Prompt", negative: "Negative prompt", size: "Size", steps: "Steps", guidance: "Guidance", speed: "Speed",
    strength: "Strength", refiner: "Refiner", seed: "Seed", loras: "LoRAs", model: "Model", backend: "Made by",
    price: "Price", time: "Time taken",
  },
  favourite: "Favourite",
  fields: {
    prompt: "Prompt", negative_prompt: "Negative prompt", size: "Size", num_inference_steps: "Steps",
    guidance_scale: "Guidance", strength: "Strength", refine: "Refiner", preset: "Speed", seed: "Seed", loras: "LoRAs",
    model: "Model",
  },
  filled: (left) => `The settings of this picture are filled in, its seed too.${lost(left)} Press Generate to make it.`,
  first: "First",
  keepOrShare: "Keep or share",
  link: "Copy a link",
  linkCopied: "Copied. The link fills the form with these settings and starts nothing. It holds no picture.",
  makeAnother: "Make another",
  next: "Next",
  noRecipe: "The recipe could not be had. Try again.",
  notRemoved: "It could not be deleted. Try again.",
  nothing: "none",
  paint: "Paint on it",
  previous: "Previous",
  recipe: "Copy the recipe",
  refiner: ({ refine, high_noise_frac, refine_steps, num_inference_steps }) => ({
    expert_ensemble_refiner: `Ensemble of experts, handover at ${high_noise_frac}`,
    base_image_refiner: `Second pass, ${refine_steps ?? num_inference_steps} steps`,
  })[refine],
  remove: "Delete",
  removeForGood: "Delete for good",
  removing: ({ pictures: { length }, price }) => {
    const what = length > 1 ? `All ${length} pictures of this task` : "This picture";
    return `${what} will be gone for good.${price ? " What it cost stays counted." : ""}`;
  },
  same: "Same settings",
  second: "Second",
  seconds: (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`),
  seedOnly: "Keep this seed",
  seedFilled: (seed) => `Seed ${seed} is filled in. Press Generate to use it.`,
  speed: ({ preset }) => ({ full: "Best", fast: "Fast" })[preset],
  startFrom: "Start from this picture",
  storeToCompare: "Add to comparison",
  stored: "Kept for comparison. Open another picture and press Compare with the one kept.",
  title: "Picture",
  twoImages: "Two pictures",
  varied: (left) =>
    `The settings of this picture are filled in, with a random seed.${lost(left)} Press Generate to make it.`,
  vary: "Vary",
  zoom: "Zoom",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
};
