/** Prompt of the mode "Remove": data for the model, which reads English, and no text for visitors. */
export const REMOVAL_PROMPT = "empty background, seamless continuation of the surroundings, nothing else";
