/** The texts of the form, in one place for all who measure them. */
import { chosenStyles } from "./styles.js";

const text = (field) => document.querySelector(`#field-${field} :is(textarea, input)`)?.value ?? "";

/** @returns {{prompt: string, negative_prompt: string}} as they were typed */
export const typed = () => ({ prompt: text("prompt"), negative_prompt: text("negative-prompt") });

/** @returns {{prompt: string, negative_prompt: string}} at least as long as what the styles make of them */
export const longest = () => Object.fromEntries(
  Object.entries(typed()).map(([half, text]) => [half, [text, ...chosenStyles().map((style) => style[half])].join(", ")]));
