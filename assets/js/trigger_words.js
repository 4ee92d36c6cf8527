/** Trigger words in the prompt: whether one is in it, putting it in, taking it out. Pure, but for the box itself. */

const escaped = (word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+");
const EDGE = "[\\p{L}\\p{N}_]";
const pattern = (word) => `(?<!${EDGE})${escaped(word)}(?!${EDGE})`;

/** @param {string} prompt @param {string} word @returns {boolean} */
export const has = (prompt, word) => new RegExp(pattern(word), "iu").test(prompt);

/** @param {string} prompt @param {string} word @returns {string} */
export function withWord(prompt, word) {
  const text = prompt.replace(/[\s,]+$/, "");
  return text ? `${text}, ${word}` : word;
}

/** @param {string} prompt @param {string} word @returns {string} */
export function withoutWord(prompt, word) {
  const one = pattern(word);
  return prompt
    .replace(new RegExp(`\\s*,\\s*${one}(?=\\s*(,|$))|^\\s*${one}\\s*,\\s*|${one}`, "giu"), "")
    .replace(/[ \t]{2,}/g, " ")
    .replace(/^[\s,]+$/, "");
}

/** @returns {HTMLTextAreaElement | null} */
const box = () => document.querySelector("#field-prompt textarea");

/** @returns {string} */
export const prompt = () => box()?.value ?? "";

/** Writes the prompt as a person would, so that Gradio hears of it. @param {string} text */
export function write(text) {
  const area = box();
  if (!area) return;
  area.value = text;
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

export const focusPrompt = () => box()?.focus();
