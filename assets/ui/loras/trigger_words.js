/** Trigger words in the prompt: found, added, removed; and the prompt's input. */

// `\b` knows ASCII letters only.
const EDGE = "[\\p{L}\\p{N}_]";
const escaped = (word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+");
const pattern = (word) => `(?<!${EDGE})${escaped(word)}(?!${EDGE})`;

/** @param {string} prompt @param {string} word @returns {boolean} */
export const has = (prompt, word) => new RegExp(pattern(word), "iu").test(prompt);

/** @param {string} prompt @param {string} word @returns {string} */
export function withWord(prompt, word) {
  const text = prompt.replace(/[\s,]+$/, "");
  return text ? `${text}, ${word}` : word;
}

/** Removes a word with the comma that separates it. @param {string} prompt @param {string} word @returns {string} */
export function withoutWord(prompt, word) {
  const one = pattern(word);
  return prompt
    .replace(new RegExp(`\\s*,\\s*${one}(?=\\s*(,|$))|^\\s*${one}\\s*,\\s*|${one}`, "giu"), "")
    .replace(/[ \t]{2,}/g, " ")
    .replace(/^[\s,]+$/, "");
}

/** Input of the prompt. @returns {HTMLTextAreaElement | null} */
export const promptInput = () => document.querySelector("#field-prompt textarea");

/** @returns {string} */
export const prompt = () => promptInput()?.value ?? "";

/** Sets the prompt. Gradio reads the value of an input from its events. @param {string} text */
export function setPrompt(text) {
  const input = promptInput();
  if (!input) return;
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}
