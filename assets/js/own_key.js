/** The token of this tab's own key: it outlives a reload, and a new tab has none. The key itself is not kept here. */
const NAME = "playground-key";

let token = read();

/** What goes along with each press: the token, "" without a key of one's own. @returns {string} */
export const ownKey = () => token;

/** Keeps another token, or none. @param {string} value "" forgets */
export function keepOwnKey(value) {
  token = value;
  try {
    if (value) sessionStorage.setItem(NAME, value);
    else sessionStorage.removeItem(NAME);
  } catch {
    // Storage is blocked: the token lasts as long as the page.
  }
}

function read() {
  try {
    const kept = sessionStorage.getItem(NAME) ?? "";
    return /^[0-9a-f]{64}$/.test(kept) ? kept : "";
  } catch {
    return "";
  }
}
