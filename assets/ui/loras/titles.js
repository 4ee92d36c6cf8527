/** Titles of LoRAs by path, as the dialog of LoRAs shows them. They last as long as the tab. */
import { appPath } from "../shared/dom.js";
import { store, stored } from "../shared/storage.js";

const STORAGE_KEY = `playground-lora-titles ${appPath()}`;
const MOST = 50; // titles
const MOST_CHARACTERS = 28; // of a name

/** @type {Map<string, string>} the latest last */
const titles = new Map(read());

function read() {
  try {
    return JSON.parse(stored(STORAGE_KEY, { ofTab: true })) ?? [];
  } catch {
    return []; // not written by this page
  }
}

/** Stores the title of a LoRA. @param {string} path @param {string} title */
export function setTitle(path, title) {
  if (titles.get(path) === title) return;
  titles.delete(path);
  titles.set(path, title);
  store(STORAGE_KEY, JSON.stringify([...titles].slice(-MOST)), { ofTab: true });
  dispatchEvent(new Event("playground:form"));
}

/** @param {string} path @returns {string} "" where none is known */
export const titleOf = (path) => titles.get(path.trim()) ?? "";

/** Name of a LoRA for a chip: its title, else the last part of its path or address, such as `pixel-art-xl` of
 * `nerijs/pixel-art-xl`. @param {string} path */
export function shortName(path) {
  const name = titleOf(path) || (path.trim().split(/[?#]/)[0].split("/").filter(Boolean).at(-1) ?? path);
  return name.length > MOST_CHARACTERS ? `${name.slice(0, MOST_CHARACTERS)}…` : name;
}
