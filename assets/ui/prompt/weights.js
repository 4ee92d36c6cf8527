/** Weights in the prompts, where the model is not known to read them: a note that offers to take them out. */
import { button } from "../shared/dom.js";
import { clip } from "../shared/labels.js";
import { text } from "../shared/texts.js";
import { noteBelow, onceSettled } from "../shared/prompt_note.js";
import { replaceText } from "./texts.js";
import { weightMark, withoutWeights } from "./weight_marks.js";

const MOST_CHARACTERS = 40; // of a mark in the note
const HELP = { prompt: "help-prompt-keys", "negative-prompt": "help-negative-prompt" }; // what stands last below a box

/** Hook: a text may have changed. */
export const changed = onceSettled(() => Object.keys(HELP).forEach(update));

const inputOf = (name) => document.querySelector(`#field-${name} :is(textarea, input)`);

function update(name) {
  const mark = clip(weightMark(inputOf(name)?.value ?? ""), MOST_CHARACTERS);
  const note = noteBelow(HELP[name], "prompt-weights");
  if (!note || note.dataset.mark === mark) return;
  note.dataset.mark = mark;
  note.replaceChildren(...(mark ? [offer(name), " · ", text("prompt.weights", { mark })] : []));
}

const offer = (name) => button(text("prompt.take_weights_out"), () => takeOut(name));

function takeOut(name) {
  const input = inputOf(name);
  replaceText(input, withoutWeights(input.value));
  update(name);
  input.focus();
}
