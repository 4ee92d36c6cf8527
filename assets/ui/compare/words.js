/** Labels of the comparison of two images. */
import { clip } from "../shared/words.js";

const SAME = "The two are the same to the pixel";

export const words = {
  cut: (name) => `How much is shown of: ${name}`,
  difference: (share) =>
    (share ? `They differ in ${Math.max(1, Math.round(100 * share))} % of the picture.` : `${SAME}.`),
  loraDifference: (share) => {
    if (share === 0) return `${SAME}: here the LoRA does nothing.`;
    if (share < 0.02) return "The two hardly differ: here the LoRA does next to nothing.";
    return words.difference(share);
  },
  settings: (row) => {
    const loras = row.loras.map(({ path, scale }) => `${clip(path, 80)} at ${scale}`);
    return `Same words, same seed ${row.seed}. ${loras.join(", ")}.`;
  },
  title: "With and without",
};
