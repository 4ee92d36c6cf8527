/** The few helpers with which nodes are built; text is always a text node, never HTML. */
import { words } from "./words.js";

/** Builds an element: properties where the element has them, attributes otherwise.
 * @param {string} tag @param {object} [settings] @param {...(Node|string)} children @returns {HTMLElement} */
export function make(tag, settings = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(settings)) {
    if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** Builds a button that does not submit. @param {string} text @param {() => void} onclick
 * @param {object} [settings] @returns {HTMLElement} */
export const button = (text, onclick, settings = {}) => make("button", { type: "button", onclick, ...settings }, text);

/** Writes a text only if it differs: what did not change is not redrawn.
 * @param {HTMLElement} node @param {string} text */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
  node.hidden = !text;
}

/** Lets an act run once at a time: presses while it runs do nothing more. @param {() => Promise<any>} act */
export function oneAtATime(act) {
  let running = null;
  return (...given) => (running ??= act(...given).finally(() => (running = null)));
}

/** Waits. @param {number} ms @returns {Promise<void>} */
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

const root = () => (window.gradio_config?.root || location.origin).replace(/\/+$/, "");

/** Makes a path of ours an address; anything but http(s) becomes "". @param {string} path @returns {string} */
export function address(path) {
  const url = new URL(path, `${root()}/`);
  return url.protocol.startsWith("http") ? url.href : "";
}

/** Names the app among others on the same origin. @returns {string} */
export const place = () => new URL(root(), location.href).pathname;

/** Builds a button that copies a text. @param {string} text @param {string} what @returns {HTMLElement} */
export function copyButton(text, what) {
  const copier = button(words.copy, async () => {
    await copy(text, copier);
    copier.textContent = words.copied;
    setTimeout(() => (copier.textContent = words.copy), 1500);
  }, { className: "small", "aria-label": words.copyOf(what) });
  return copier;
}

/** Copies a text. @param {string} text @param {HTMLElement} beside has the focus then */
export async function copy(text, beside) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Plain http and some iframes have no clipboard; inside a modal dialog only its own nodes can be selected.
    const box = make("textarea", { value: text, className: "unseen" });
    beside.after(box);
    box.select();
    document.execCommand("copy");
    box.remove();
    beside.focus();
  }
}
