/** Style sheets of what is fetched when it is first opened. */
import { make } from "./dom.js";

/** Loads a style sheet once; resolves when it is there, or cannot be had. @param {string} href @returns {?Promise} */
export function loadStyle(href) {
  if (document.querySelector(`link[href="${href}"]`)) return null;
  return new Promise((then) => {
    document.head.append(make("link", { rel: "stylesheet", href, onload: then, onerror: then }));
  });
}
