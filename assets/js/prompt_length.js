/** The line below a box that fills up: asked of the server, but never while a text is too short to be near. */
import { make } from "./dom.js";
import { chosenStyles } from "./styles.js";
import { longest, typed } from "./texts.js";

const SETTLED = 400; // ms after the last key: it is read out, and not at each
const NEAR = 65; // tokens, as in prompt_length.py
const HELP = { prompt: "help-prompt", negative_prompt: "help-negative-prompt" };

let timer;
let newest = 0;

/** A text or the styles may be others. */
export function changed() {
  const mine = ++newest;
  clearTimeout(timer);
  timer = setTimeout(() => look(mine), SETTLED);
}

async function look(mine) {
  const found = typed();
  const styles = chosenStyles().map(({ name }) => name);
  const long = Object.entries(longest()).filter(([, text]) => most(text) >= NEAR).map(([field]) => [field, found[field]]);
  const question = styles.length ? { ...found, styles } : Object.fromEntries(long);
  const said = long.length ? await ask(question) : {};
  if (mine === newest) for (const field of Object.keys(HELP)) say(field, said?.[field] ?? "");
}

/** @param {object} question @returns {Promise<Record<string, string> | undefined>} */
const ask = (question) => document.getElementById(HELP.prompt).server?.prompt_length(question).catch(() => undefined);

/** The tokens that a text cannot have more of: each is a byte at least of the text as it is read, blanks are none.
 * Composing and small letters can make a text longer; of blanks only those are left out that are blanks to all.
 * @param {string} text @returns {number} */
export const most = (text) =>
  new TextEncoder().encode(text.normalize("NFC").toLowerCase().replace(/[ \t\r\n]+/g, "")).length;

function say(field, sentence) {
  const help = document.getElementById(HELP[field]);
  let line = help?.querySelector(".prompt-length");
  if (help && !line) help.append((line = make("p", { className: "prompt-length", role: "status", "aria-live": "polite" })));
  if (line && line.textContent !== sentence) line.textContent = sentence;
}
