/** The labels of what can be done with an opened picture. */
const withoutPicture = (had) => (had ? " The picture that it started from is not put back." : "");

export const words = {
  acts: "What to do with it",
  same: "Same settings",
  keepSeed: "Keep this seed",
  vary: "Vary",
  paint: "Paint on it",
  recipe: "Copy the recipe",
  copied: "Copied",
  remove: "Delete",
  removeForGood: "Delete for good",
  removing: (pictures) =>
    `${pictures > 1 ? `All ${pictures} pictures of this task` : "This picture"} will be gone for good. What it cost stays counted.`,
  notRemoved: "It could not be deleted. Try again.",
  noRecipe: "The recipe could not be had. Try again.",
  filled: (had) => `The settings of this picture are filled in, its seed too.${withoutPicture(had)} Press Generate to make it.`,
  varied: (had) => `The settings of this picture are filled in, with a random seed.${withoutPicture(had)} Press Generate to make it.`,
  seedKept: (seed) => `Seed ${seed} is filled in. Press Generate to use it.`,
  changed: (changes) => `Changed since the one before: ${changes.join("; ")}`,
  change: (name, before, after) => `${name} ${before} → ${after}`,
  nothing: "none",
  fields: {
    prompt: "Prompt", negative_prompt: "Negative prompt", size: "Size", num_inference_steps: "Steps",
    guidance_scale: "Guidance", strength: "Strength", refine: "Refiner", seed: "Seed", loras: "LoRAs", model: "Model",
  },
};
