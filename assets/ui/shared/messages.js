/** Messages of the server, which are codes of the catalogue, and the notice above the results. */
import { hasText, text } from "./texts.js";

/**
 * @typedef {object} Message
 * @property {string} code @property {Object<string, import("./texts.js").Param>} params
 * @property {string} charge "" where nothing is ever charged
 */

/** Text of one part of a message, "" without one. @param {?Message} message @param {"happened" | "advice"} part
 * @returns {string} */
export function partOf(message, part) {
  if (!message) return "";
  // A server newer than this page may send codes that it does not have.
  const code = hasText(`message.${message.code}.happened`) ? message.code : "unknown_message";
  const key = `message.${code}.${part}`;
  return hasText(key) ? text(key, message.params) : "";
}

/** Non-empty sentences of a message.
 * @param {?Message} message @param {string} [charged] what is known of the charge, in place of what is likely
 * @returns {string[]} */
export function sentences(message, charged = "") {
  if (!message) return [];
  const likely = message.charge ? text(`charge.${message.charge}`) : "";
  return [partOf(message, "happened"), charged || likely, partOf(message, "advice")].filter(Boolean);
}

/** Text of a message in one line. @param {?Message} message @returns {string} */
export const inFull = (message) => sentences(message).join(" ");

/** Failure with a message to show to the visitor. */
export class MessageError extends Error {
  /** @param {Message} shown @param {number} [status] of the HTTP response */
  constructor(shown, status) {
    super(shown.code);
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
