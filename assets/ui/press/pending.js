/**
 * The press whose receipt has not come, stored across a reload: Gradio reloads the page when a press meets a broken
 * connection, and the visitor must learn what became of it.
 */
import { appPath } from "../shared/dom.js";

const STORAGE_KEY = `playground-pending ${appPath()}`;

/** @param {string} click @param {string} prompt */
export function setPending(click, prompt) {
  try {
    // Of this tab: another one may have a press of its own under way.
    sessionStorage.setItem(STORAGE_KEY, JSON.stringify({ click, prompt }));
  } catch {
    // Storage is blocked: nothing survives a reload, and the page says so.
  }
}

/** Removes a press whose receipt came, or will not come. @param {string} click */
export function clearPending(click) {
  if (pending()?.click === click) sessionStorage.removeItem(STORAGE_KEY);
}

/** @returns {?{click: string, prompt: string}} */
export function pending() {
  try {
    return JSON.parse(sessionStorage.getItem(STORAGE_KEY));
  } catch {
    return null;
  }
}
