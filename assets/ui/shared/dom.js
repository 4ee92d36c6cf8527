/** DOM helpers: nodes, buttons, addresses, the clipboard. Text becomes text nodes, never HTML. */
import { text } from "./texts.js";

/** Creates an element. A setting becomes a property where the element has one of that name, else an attribute.
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

/** Creates a button that submits no form. @param {string} label @param {() => void} onclick
 * @param {object} [settings] @returns {HTMLElement} */
export const button = (label, onclick, settings = {}) =>
  make("button", { type: "button", onclick, ...settings }, label);

/** Sets a text where it differs, and hides an empty node. A screen reader would repeat a status that is written twice.
 * @param {HTMLElement} node @param {string} shown */
export function setText(node, shown) {
  if (node.textContent !== shown) node.textContent = shown;
  node.hidden = !shown;
}

/** Wraps an async function: calls while it runs return the running call's promise. @param {() => Promise<any>} action */
export function oneAtATime(action) {
  let running = null;
  return (...values) => (running ??= action(...values).finally(() => (running = null)));
}

/** @param {number} ms @returns {Promise<void>} */
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Gradio's root has the path under which a proxy serves the app.
const root = () => (window.gradio_config?.root || location.origin).replace(/\/+$/, "");

/** Absolute URL of a path of this app; "" for anything but http(s). @param {string} path @returns {string} */
export function address(path) {
  const url = new URL(path, `${root()}/`);
  return url.protocol.startsWith("http") ? url.href : "";
}

/** Path of this app: a name for it among other apps of the same origin. @returns {string} */
export const appPath = () => new URL(root(), location.href).pathname;

/** Id of the element of a field of the form. @param {string} field such as num_inference_steps @returns {string} */
export const elementId = (field) => `field-${field.replaceAll("_", "-")}`;

/** Input of a number field of the form: a Gradio slider has a number box and a range.
 * @param {string} field such as num_inference_steps @param {"number" | "range"} [type] @returns {?HTMLInputElement} */
export const numberInput = (field, type = "number") =>
  document.querySelector(`#${elementId(field)} input[type=${type}]`);

/** Button of Gradio: its id stands at the button, or at what is around it.
 * @param {string} id @returns {?HTMLButtonElement} */
export const gradioButton = (id) => document.querySelector(`button#${id}, #${id} button`);

/** Button that copies a text. @param {string} copied @param {string} label says what it copies
 * @returns {HTMLElement} */
export function copyButton(copied, label) {
  const node = button("", async () => {
    await copyText(copied, node);
    draw(text("shared.copied"), text("shared.copied"));
    setTimeout(() => draw(text("shared.copy"), label), 1500);
  }, { className: "small" });
  const draw = (shown, name) => {
    node.textContent = shown;
    node.setAttribute("aria-label", name);
  };
  draw(text("shared.copy"), label);
  return node;
}

/** Copies a text to the clipboard. @param {string} copied @param {HTMLElement} beside gets the focus back */
export async function copyText(copied, beside) {
  try {
    await navigator.clipboard.writeText(copied);
  } catch {
    // Plain http and some iframes have no clipboard. Inside a modal dialog only its own nodes can be selected.
    const box = make("textarea", { value: copied, className: "unseen" });
    beside.after(box);
    box.select();
    document.execCommand("copy");
    box.remove();
    beside.focus();
  }
}
