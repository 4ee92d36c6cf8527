/** The texts that Generate would send, in one place for all who measure them. */

const text = (field) => document.querySelector(`#field-${field} :is(textarea, input)`)?.value ?? "";

/** @returns {{prompt: string, negative_prompt: string}} */
export const texts = () => ({ prompt: text("prompt"), negative_prompt: text("negative-prompt") });
