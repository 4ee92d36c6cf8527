/** Messages as they come from the server: all of them stand in components/messages.py. */

/**
 * @typedef {object} Message
 * @property {string} happened @property {string} charged "" where it goes without saying @property {string} advice
 */

/** The sentences of a message, those that there are. @param {Message} message @returns {string[]} */
export const sentences = ({ happened, charged, advice }) => [happened, charged, advice].filter(Boolean);

/** A message in one line. @param {Message} message @returns {string} */
export const inFull = (message) => sentences(message).join(" ");
