/** Token of this tab's own API key. It survives a reload; a new tab has none. The key itself is never stored here. */
const STORAGE_KEY = "playground-key";
const TOKEN = /^[0-9a-f]{64}$/;

let token = read();

/** Token that is sent with each press. @returns {string} "" without an own key */
export const sessionKey = () => token;

/** Replaces the token. @param {string} value "" removes it */
export function setSessionKey(value) {
  token = value;
  try {
    if (value) sessionStorage.setItem(STORAGE_KEY, value);
    else sessionStorage.removeItem(STORAGE_KEY);
  } catch {
    // Storage is blocked: the token lasts as long as the page.
  }
}

function read() {
  try {
    const stored = sessionStorage.getItem(STORAGE_KEY) ?? "";
    return TOKEN.test(stored) ? stored : "";
  } catch {
    return "";
  }
}
