/** Labels of the form, its price, its examples and its links. */

/** Names of the numbers of the form, as their controls have them. */
const numbers = {
  width: "Width", height: "Height", guidance_scale: "Guidance", num_inference_steps: "Steps", seed: "Seed",
  high_noise_frac: "Handover", refine_steps: "Refiner steps",
};

export const words = {
  exampleFilled: "Example filled in. Press Generate to make it.",
  examples: "Start from an example",
  examplesHint: "A click fills in the form. It spends nothing.",
  linked: (moved) => {
    const note = moved.length
      ? ` ${moved.join(", ")} could not be as the link says and ${moved.length === 1 ? "was" : "were"} moved.` : "";
    return `A link filled in the form. Nothing was started.${note}`;
  },
  numbers,
  price: ({ price, pictures }) =>
    (price === null ? " · price unknown" : pictures > 1 ? ` · ${pictures} for ${price}` : ` · ${price}`),
  speed: "Speed",
  useExample: (title) => `Use example: ${title}`,
  visit: (dollars, count) => {
    const sum = dollars.toFixed(dollars < 0.1 ? 4 : 2).replace(/(\.\d\d)0+$/, "$1");
    return `This visit: $${sum}, ${count} ${count === 1 ? "picture" : "pictures"}`;
  },
};
