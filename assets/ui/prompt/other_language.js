/** Language of the prompt: a note below one that is plainly not in English, which the model reads best. */
import { text } from "../shared/texts.js";
import { noteBelow } from "./note.js";
import { typedTexts } from "./texts.js";

const SETTLED_MS = 400; // after the last key: screen readers read the note, which must not change at each key
const HELP = "help-prompt-keys"; // what stands last below the box

let timer;

/** Hook: the prompt may have changed. */
export function changed() {
  clearTimeout(timer);
  timer = setTimeout(update, SETTLED_MS);
}

async function update() {
  const { isPlainlyForeign } = await import("./language_guess.js");
  const message = isPlainlyForeign(typedTexts().prompt) ? text("prompt.other_language") : "";
  const note = noteBelow(HELP, "prompt-language", "after");
  if (note && note.textContent !== message) note.textContent = message;
}
