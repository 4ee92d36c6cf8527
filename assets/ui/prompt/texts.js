/** Prompt and negative prompt of the form. */
import { chosenStyles } from "./chosen_styles.js";

/** @typedef {{prompt: string, negative_prompt: string}} Texts */

const textOf = (id) => document.querySelector(`#field-${id} :is(textarea, input)`)?.value ?? "";

/** @returns {Texts} as they were typed */
export const typedTexts = () => ({ prompt: textOf("prompt"), negative_prompt: textOf("negative-prompt") });

/** Texts with the styles' own: at least as long as what the server makes of them. @returns {Texts} */
export const longestTexts = () => Object.fromEntries(Object.entries(typedTexts()).map(
  ([half, text]) => [half, [text, ...chosenStyles().map((style) => style[half])].join(", ")]));

/** Replaces the text of a box. @param {HTMLTextAreaElement | HTMLInputElement} box @param {string} text */
export function replaceText(box, text) {
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true })); // Gradio reads the value of an input from its events
}
