/** Who this browser is: a random id that names its board of pictures. */
import { sleep } from "./dom.js";

const KEY = "playground-visitor";
let opened = null; // one id a page, also where storage is blocked

/** Makes a random 128-bit id; getRandomValues also works on plain http, randomUUID does not.
 * @returns {string} 32 hex digits */
export function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function read() {
  const id = localStorage.getItem(KEY);
  return /^[0-9a-f]{32}$/.test(id ?? "") ? id : null;
}

/** Finds this browser's id or makes one. `kept` is false where storage is blocked: the id ends with the tab.
 * @returns {Promise<{id: string, kept: boolean}>} */
export const openVisitor = () => (opened ??= find());

async function find() {
  try {
    const id = read();
    if (id) return { id, kept: true };
    // Several tabs opened at once on a first visit: one makes the id, the others wait for it.
    await (navigator.locks?.request(KEY, make) ?? make());
    return { id: read(), kept: true };
  } catch {
    return { id: randomId(), kept: false };
  }
}

async function make() {
  if (read()) return;
  localStorage.setItem(KEY, randomId());
  await sleep(150); // until other processes see it; without locks, until the last write stands
}
