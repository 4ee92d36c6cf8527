/** Labels of the LoRA rows. */
import { clip } from "../shared/words.js";

export const words = {
  check: "Check",
  checkOf: (number) => `Check LoRA ${number}`,
  checking: "Checking…",
  fit: { fits: "Fits", cannot_tell: "Cannot tell", will_not_fit: "Will not fit" },
  keep: (count) => (count === 1 ? "Keep it" : "Keep them"),
  leftover: (left) => `Still in the prompt: ${left.join(", ")}.`,
  moved: (paths) => `Moved from the prompt into a LoRA row: ${paths.map((path) => clip(path, 60)).join(", ")}.`,
  takeOut: (count) => (count === 1 ? "Take it out" : "Take them out"),
  triggerWords: "Trigger words:",
  triggerWordsOf: (number) => `Trigger words of LoRA ${number}`,
};
