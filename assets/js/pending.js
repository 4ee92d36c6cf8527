/**
 * The press whose receipt is awaited, kept over a reload: Gradio reloads the page by itself when a press meets a
 * broken connection, and whoever pressed must learn what became of it.
 */
import { place } from "./dom.js";

const KEY = `playground-pending ${place()}`;

/** @param {string} click @param {string} prompt */
export function awaitReceipt(click, prompt) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ click, prompt }));
  } catch {
    // no storage: nothing survives a reload here, and the page says so
  }
}

/** The receipt came, or will not. @param {string} click */
export function forgetPending(click) {
  if (pending()?.click === click) sessionStorage.removeItem(KEY);
}

/** @returns {?{click: string, prompt: string}} */
export function pending() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}
