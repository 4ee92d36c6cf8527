/** Style sheets that are loaded when they are first needed. */
import { make } from "./dom.js";

/** Loads a style sheet once; resolves when it is loaded or has failed. @param {string} href @returns {?Promise} */
export function loadStyle(href) {
  if (document.querySelector(`link[href="${href}"]`)) return null;
  return new Promise((resolve) => {
    document.head.append(make("link", { rel: "stylesheet", href, onload: resolve, onerror: resolve }));
  });
}
