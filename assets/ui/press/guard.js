/** Click ids of the Generate button: one per press. A double click counts once, a held key not at all. */
import { randomId } from "../shared/browser_id.js";

const BUTTON = "#generate button, button#generate";
const OWN_ENTER = "#account"; // its box handles Enter itself
const MIN_INTERVAL = 400; // ms between two presses
const clicks = []; // presses that Gradio has not handled yet
let lastPress = -Infinity;
let earlier = null; // press that is made again
let extras = {}; // what the press under way sends beside the form

const earlyId = randomId();

/** Returns the press that Gradio is handling.
 * @param {boolean} isEarly it was made before the guard was installed: all such presses count as one
 * @returns {{click: string, extras: object}} */
export const nextClick = (isEarly) => (isEarly ? press(earlyId) : (clicks.shift() ?? press(randomId())));

/** Presses Generate for more than the form holds, or for something else. @param {object} more is sent in the ticket of
 * this press only, but for `shown`: what its tiles show in place of the form's values */
export function pressWith(more) {
  extras = more;
  document.querySelector(BUTTON)?.click();
  extras = {};
}

/** Presses Generate for a press whose answer has not come: the server makes nothing twice of one click.
 * @param {string} click @param {object} whole what was to be sent @returns {boolean} whether Generate can be pressed */
export function pressAgain(click, whole) {
  earlier = { click, extras: { whole } };
  document.querySelector(BUTTON)?.click();
  const isPressed = !earlier;
  earlier = null;
  return isPressed;
}

const press = (click) => ({ click, extras });

/** Filters presses of the Generate button before Gradio sees them, and makes Ctrl+Enter press it. */
export function guardPresses() {
  // While capturing, on the window: before the listeners that Gradio puts on the button.
  addEventListener("click", onClick, true);
  addEventListener("keydown", onKey, true);
}

function stop(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function onClick(event) {
  const button = event.target.closest?.(BUTTON);
  if (!button) return;
  if (button.getAttribute("aria-disabled") === "true") return stop(event); // banner.js says why
  const now = performance.now();
  // `detail` counts the clicks of a double click, whose second one would be paid too.
  if (event.detail > 1 || now - lastPress < MIN_INTERVAL) return stop(event);
  lastPress = now;
  clicks.push(earlier ?? press(randomId()));
  earlier = null;
}

function onKey(event) {
  // While composing (Japanese, Chinese, ...) Enter accepts what an input method offers, and presses nothing.
  if (event.key !== "Enter" || event.isComposing) return;
  const withControl = event.ctrlKey || event.metaKey;
  // A held Enter clicks a focused button again and again; a held Space clicks once, on release.
  if (event.repeat && (withControl || event.target.closest?.(BUTTON))) return stop(event);
  if (!withControl || document.querySelector("dialog[open]") || event.target.closest?.(OWN_ENTER)) return;
  stop(event);
  commit(document.activeElement);
  // Gradio reads an input's value some frames after its input event.
  setTimeout(() => document.querySelector(BUTTON)?.click(), 50);
}

function commit(input) {
  if (!input?.matches?.("input, textarea")) return;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  if (!input.matches(".number-box")) return;
  input.blur(); // what is out of range is clamped then
  input.focus({ preventScroll: true });
}
