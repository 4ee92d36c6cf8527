/** Visitor id of this browser: random, stored, sent with every request. */
import { sleep } from "./dom.js";

const STORAGE_KEY = "playground-visitor";
const ID = /^[0-9a-f]{32}$/;
let visitor = null; // a promise: one id per page, also where storage is blocked

/** Random 128-bit id. getRandomValues also works on plain http, where randomUUID is missing.
 * @returns {string} 32 hex digits */
export function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Visitor of this browser. `isStored` is false where storage is blocked: the id then ends with the tab.
 * @returns {Promise<{id: string, isStored: boolean}>} */
export const getVisitor = () => (visitor ??= readOrCreate());

async function readOrCreate() {
  try {
    const id = read();
    if (id) return { id, isStored: true };
    // A first visit may open several tabs at once: the lock lets one create the id and the others wait for it.
    await (navigator.locks?.request(STORAGE_KEY, create) ?? create());
    return { id: read(), isStored: true };
  } catch {
    return { id: randomId(), isStored: false };
  }
}

function read() {
  const id = localStorage.getItem(STORAGE_KEY);
  return ID.test(id ?? "") ? id : null;
}

async function create() {
  if (read()) return;
  localStorage.setItem(STORAGE_KEY, randomId());
  await sleep(150); // until other processes see the value; without locks, until the last write wins
}
