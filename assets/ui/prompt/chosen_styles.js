/** Chosen prompt styles, in the order in which they are applied. */

/** @typedef {{name: string, prompt: string, negative_prompt: string}} Style */

/** @type {Style[]} */
let chosen = [];

/** @returns {Style[]} */
export const chosenStyles = () => chosen;

/** @param {Style[]} styles */
export const setChosenStyles = (styles) => (chosen = styles);
