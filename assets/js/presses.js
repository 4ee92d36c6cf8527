/** One press of Generate is one click id: not two for a double click, none for a held key. */
import { randomId } from "./visitor.js";

const BUTTON = "#generate button, button#generate";
const OTHERS = "#account"; // in its box Enter is the box's own
const TOO_SOON = 400; // ms after a good press
const clicks = []; // good presses that Gradio has not picked up yet
let lastPress = -Infinity;
let asked = {}; // what the press being made asks for beside the form

const early = randomId();

/** Gives the press that Gradio is handling.
 * @param {boolean} isEarly it was made before the guard below stood: all such presses are one
 * @returns {{click: string, asked: object}} */
export const takeClick = (isEarly) => (isEarly ? press(early) : (clicks.shift() ?? press(randomId())));

/** Presses Generate for more than the form says. @param {object} more goes along in this press's ticket alone */
export function pressWith(more) {
  asked = more;
  document.querySelector(BUTTON)?.click();
  asked = {};
}

const press = (click) => ({ click, asked });

/** Guards the Generate button ahead of Gradio and makes Ctrl+Enter press it. */
export function guardPresses() {
  addEventListener("click", onClick, true);
  addEventListener("keydown", onKey, true);
}

function stop(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function onClick(event) {
  if (!event.target.closest?.(BUTTON)) return;
  const now = performance.now();
  if (event.detail > 1 || now - lastPress < TOO_SOON) return stop(event);
  lastPress = now;
  clicks.push(press(randomId()));
}

function onKey(event) {
  if (event.key !== "Enter" || event.isComposing) return;
  const withControl = event.ctrlKey || event.metaKey;
  // A held Enter clicks a focused button again and again. A held Space clicks once, when it is let go.
  if (event.repeat && (withControl || event.target.closest?.(BUTTON))) return stop(event);
  if (!withControl || document.querySelector("dialog[open]") || event.target.closest?.(OTHERS)) return;
  stop(event);
  flush(document.activeElement);
  // Gradio takes a box's value some frames after its input event.
  setTimeout(() => document.querySelector(BUTTON)?.click(), 50);
}

function flush(box) {
  if (!box?.matches?.("input, textarea")) return;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  if (box.type !== "number") return;
  box.blur(); // a number is put inside its range when the box is left
  box.focus({ preventScroll: true });
}
