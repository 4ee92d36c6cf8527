/** Length of the prompts: a note below a text that is close to the token limit, or beyond it. */
import { inFull } from "../shared/messages.js";
import { chosenStyles } from "./chosen_styles.js";
import { noteBelow, onceSettled } from "../shared/prompt_note.js";
import { longestTexts, typedTexts } from "./texts.js";

const NEARLY_FULL = 65; // tokens, as in components/ui/panels/prompt_length.py
const HELP = { prompt: "help-prompt-keys", negative_prompt: "help-negative-prompt" };
const SERVER = "help-prompt"; // id of what has the server's function, see components/ui/panels/prompt_length.py

let latest = 0; // number of the latest change: earlier answers are dropped
const updateSoon = onceSettled(() => update(latest));

/** Hook: a text or the chosen styles may have changed. */
export function changed() {
  latest += 1;
  updateSoon();
}

async function update(turn) {
  const texts = typedTexts();
  const styles = chosenStyles().map(({ name }) => name);
  const isLong = ([, text]) => mostTokens(text) >= NEARLY_FULL;
  const long = Object.entries(longestTexts()).filter(isLong).map(([field]) => [field, texts[field]]);
  const request = styles.length ? { ...texts, styles } : Object.fromEntries(long);
  const notes = long.length ? await requestNotes(request) : {};
  if (turn === latest) for (const field of Object.keys(HELP)) showNote(field, inFull(notes?.[field]));
}

/** @param {object} request @returns {Promise<Object<string, ?import("../shared/messages.js").Message> | undefined>} by field */
const requestNotes = (request) =>
  document.getElementById(SERVER).server?.prompt_length(request).catch(() => undefined);

/** Upper limit of the tokens of a text: each is at least one byte of the text as the tokenizer normalizes it, and
 * blanks are none. NFC and lower case can make a text longer; only blanks of every Unicode version are left out.
 * @param {string} text @returns {number} */
export const mostTokens = (text) =>
  new TextEncoder().encode(text.normalize("NFC").toLowerCase().replace(/[ \t\r\n]+/g, "")).length;

function showNote(field, text) {
  const note = noteBelow(HELP[field], "prompt-length");
  if (!note || note.textContent === text) return;
  note.textContent = text;
  note.title = text; // its end may be cut off, see prompt.css
}
