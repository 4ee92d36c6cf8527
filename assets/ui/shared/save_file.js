/** Saving of a file that the page itself has made. */
import { make } from "./dom.js";

/** Saves a file as a download. @param {Blob} file @param {string} name */
export function saveFile(file, name) {
  const href = URL.createObjectURL(file);
  make("a", { href, download: name }).click();
  // Browsers differ in how long after the click they read the file.
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
