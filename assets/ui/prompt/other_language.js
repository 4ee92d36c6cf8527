/** Language of the prompt: a note below one that is plainly not in English, which the model reads best. */
import { text } from "../shared/texts.js";
import { noteBelow, onceSettled } from "../shared/prompt_note.js";
import { typedTexts } from "./texts.js";

const HELP = "help-prompt-keys"; // what stands last below the box

/** Hook: the prompt may have changed. */
export const changed = onceSettled(update);

async function update() {
  const { isPlainlyForeign } = await import("./language_guess.js");
  const message = isPlainlyForeign(typedTexts().prompt) ? text("prompt.other_language") : "";
  const note = noteBelow(HELP, "prompt-language");
  if (note && note.textContent !== message) note.textContent = message;
}
