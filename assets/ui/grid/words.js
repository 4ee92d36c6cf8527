/** Labels of the lists of values and their grid. */
const FIELDS = {
  guidance_scale: ["Guidance", "2, 4, 8"],
  num_inference_steps: ["Steps", "10-40 (+10)"],
  seed: ["Seed", "1-4"],
  lora_1_scale: ["Scale of LoRA 1", "0-1 [5]"],
  words: ["Words of the prompt", "red, blue, green"],
  prompt_strength: ["Strength", "0.3-0.9 [4]"],
  high_noise_frac: ["Handover", "0.6-0.9 [4]"],
};
const pictures = (count) => (count === 1 ? "1 picture" : `${count} pictures`);
const priceOf = (price) => (price ? `, ${price} at most` : price === null ? ", price unknown" : "");

export const words = {
  axes: ["Across", "Down"],
  fields: Object.entries(FIELDS).map(([field, [label]]) => [field, label]),
  examples: Object.fromEntries(Object.entries(FIELDS).map(([field, [, example]]) => [field, `Such as ${example}`])),
  nothing: "Nothing",
  hint: "One picture for each value, all else and the seed alike. Words: the first is replaced by each of the others.",
  fieldOf: (axis) => `What differs ${axis.toLowerCase()}`,
  valuesOf: (axis) => `Values ${axis.toLowerCase()}`,
  start: "Make the grid",
  planned: ({ count, price }) => `${pictures(count)}${priceOf(price)}.`,
  title: "Grid",
  close: "Close",
  save: "Save as one picture",
  saving: "Saving…",
  notSaved: "The grid could not be saved as one picture.",
  coming: "being made",
  failed: "failed",
  covered: "sensitive",
  of: ({ field, value }) => (field === "prompt" ? value : `${NAMES[field]} ${value}`),
};

const NAMES = {
  guidance_scale: "Guidance", num_inference_steps: "Steps", seed: "Seed", lora: "LoRA 1 at",
  strength: "Strength", high_noise_frac: "Handover",
};
