/**
 * The press whose receipt has not come, stored across a reload: Gradio reloads the page when a press meets a broken
 * connection, and the visitor must learn what became of it.
 */
import { appPath } from "../shared/dom.js";

const STORAGE_KEY = `playground-pending ${appPath()}`;

/**
 * @typedef {object} Pending
 * @property {string} click @property {string} prompt @property {number} [at] ms
 * @property {{sent: object, ticket: object, expected: object}} [whole] what is sent again; an older page stored none
 * @property {boolean} [isSentAgain]
 */

/** @param {Pending} press */
export function setPending(press) {
  try {
    // Of this tab: another one may have a press of its own under way.
    sessionStorage.setItem(STORAGE_KEY, JSON.stringify(press));
  } catch {
    // Storage is blocked: nothing survives a reload, and the page says so.
  }
}

/** Removes a press whose receipt came, or will not come. @param {string} click */
export function clearPending(click) {
  if (pending()?.click === click) sessionStorage.removeItem(STORAGE_KEY);
}

/** @returns {?Pending} */
export function pending() {
  try {
    return JSON.parse(sessionStorage.getItem(STORAGE_KEY));
  } catch {
    return null;
  }
}
