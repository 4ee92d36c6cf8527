/**
 * Sealed records of jobs, from a server whose folder may be set back by a crash (components/storage/seal_store.py):
 * what it no longer knows then is given back to it. Kept across reloads where the browser allows that.
 */
import { appPath } from "../shared/dom.js";

const STORAGE_KEY = `playground-seals ${appPath()}`;
const MOST = 60; // records; what is older than the last half minute is on the server's disk

/** @typedef {{seal: string, task: ?string, created: number}} Record */

/** @type {Map<string, Record>} by job id, the latest last */
const records = new Map(readAll());

/** Keeps the seals of rows; one that names a task is not replaced by an earlier one that does not.
 * @param {object[]} rows */
export function keepSeals(rows) {
  const sealed = rows.filter(({ id, seal, task }) => seal && (task || !records.get(id)?.task));
  if (!sealed.length) return;
  for (const { id, seal, task, created } of sealed) records.set(id, { seal, task, created });
  const latest = [...records].sort(([, one], [, other]) => one.created - other.created).slice(-MOST);
  records.clear();
  for (const [id, one] of latest) records.set(id, one);
  writeAll(latest);
}

/** Seals of jobs that a restarted server does not know, or not the tasks of. @param {object[]} rows its first page
 * @returns {string[]} */
export function lostSeals(rows) {
  const known = new Map(rows.map(({ id, task }) => [id, task]));
  return [...records].filter(([id, { task }]) => !known.has(id) || (task && !known.get(id))).map(([, { seal }]) => seal);
}

function readAll() {
  try {
    return JSON.parse(localStorage.getItem(STORAGE_KEY)) ?? [];
  } catch {
    return []; // storage is blocked, or holds something else
  }
}

function writeAll(latest) {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(latest));
  } catch {
    // Storage is blocked or full: they are kept as long as the page is open.
  }
}
