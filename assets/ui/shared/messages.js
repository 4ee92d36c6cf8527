/** Messages of the server, whose texts stand in components/messages, and the notice above the results. */

/**
 * @typedef {object} Message
 * @property {string} happened @property {string} charged "" where it goes without saying @property {string} advice
 */

/** Non-empty sentences of a message. @param {Message} message @returns {string[]} */
export const sentences = ({ happened, charged, advice }) => [happened, charged, advice].filter(Boolean);

/** Text of a message in one line. @param {Message} message @returns {string} */
export const inFull = (message) => sentences(message).join(" ");

/** Failure with a message to show to the visitor. */
export class MessageError extends Error {
  /** @param {Message} shown @param {number} [status] of the HTTP response */
  constructor(shown, status) {
    super(shown.happened);
    Object.assign(this, { shown, status });
  }
}

let show = null;
let open = null;
const opened = new Promise((resolve) => (open = resolve));

/** Sets where notices are shown. @param {(name: string) => void} place */
export function showNoticesIn(place) {
  show = place;
  open();
}

/** Shows a message above the results once the gallery is there. @param {string} name of a message of the page */
export async function notice(name) {
  await opened;
  show(name);
}
