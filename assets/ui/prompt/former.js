/** Former prompts: those of this browser's pictures and those typed in this tab, to walk through. Fetched when needed. */
import { appPath } from "../shared/dom.js";
import { REMOVAL_PROMPT } from "../shared/removal.js";
import { store, stored } from "../shared/storage.js";
import { replaceText } from "./texts.js";

/** @typedef {{prompt: string, created: number}} Former `created` in unix seconds */

const STORAGE_KEY = `playground-typed ${appPath()}`;
const MOST_TYPED = 30;

/** Walk through former prompts that begins, and ends, with the text that was being typed. */
export class Walk {
  #texts = [];
  #place = 0; // 0: what was being typed

  /** Next text. @param {string} shown text of the box; one that the walk did not put there begins another walk
   * @param {1 | -1} direction 1 goes back in time @param {() => Former[]} former @returns {string} */
  step(shown, direction, former) {
    if (!this.#place || this.#texts[this.#place] !== shown) {
      this.#texts = [shown, ...distinct(former()).filter((text) => text !== shown.trim())];
      this.#place = 0;
    }
    this.#place = Math.max(0, Math.min(this.#texts.length - 1, this.#place + direction));
    return this.#texts[this.#place];
  }
}

const distinct = (former) => [...new Set(
  [...former].sort((one, other) => other.created - one.created).map(({ prompt }) => String(prompt ?? "").trim()).filter(Boolean))];

/** Adds a typed text to those before it, in place of what it goes on from.
 * @param {Former[]} before @param {Former} one @returns {Former[]} the latest first */
export const withTyped = (before, one) =>
  [one, ...before.filter(({ prompt }) => !one.prompt.startsWith(prompt))].slice(0, MOST_TYPED);

/** Remembers a text that was typed, as long as the tab is open. @param {string} prompt */
export function remember(prompt) {
  if (!prompt.trim()) return;
  const one = { prompt, created: Date.now() / 1000 };
  store(STORAGE_KEY, JSON.stringify(withTyped(typed(), one)), { ofTab: true });
}

/** @returns {Former[]} */
function typed() {
  try {
    return JSON.parse(stored(STORAGE_KEY, { ofTab: true })).filter(({ prompt }) => typeof prompt === "string");
  } catch {
    return []; // none, or not written by this page
  }
}

const walk = new Walk();

/** Puts the former prompt before or after the one that is shown into the box.
 * @param {HTMLTextAreaElement} box @param {1 | -1} direction 1 goes back in time @param {() => object[]} rows of pictures */
export function showFormer(box, direction, rows) {
  const next = walk.step(box.value, direction, () => {
    remember(box.value);
    return [...typed(), ...rows().filter(({ prompt }) => prompt !== REMOVAL_PROMPT)];
  });
  if (next === box.value) return;
  replaceText(box, next);
  box.setSelectionRange(next.length, next.length);
}
