/** Button for what cannot be undone: the first press asks for confirmation, the second acts. */
import { button } from "./dom.js";
import { text } from "./texts.js";

/** @param {() => void} onFirst describes what will be done
 * @param {() => void} onConfirmed acts; the button is disabled and the caller enables it again
 * @param {{first: string, second: string, asks: () => boolean}} [named] labels before and while it asks, a deletion's
 *   without them; without `asks` it always asks
 * @returns {{node: HTMLElement, reset: () => void}} `reset` withdraws the request for confirmation */
export function confirmButton(onFirst, onConfirmed, named = {}) {
  const { first = text("shared.remove"), second = text("shared.remove_for_good"), asks = () => true } = named;
  let isArmed = false;
  const draw = (armed) => {
    isArmed = armed;
    node.classList.toggle("danger", armed);
    node.textContent = armed ? second : first;
  };
  const node = button("", ({ detail: clicks }) => {
    if (!isArmed && asks()) {
      draw(true);
      return onFirst();
    }
    if (isArmed && clicks > 1) return; // the second half of a double click confirms nothing
    node.disabled = true;
    onConfirmed();
  });
  draw(false);
  return { node, reset: () => isArmed && draw(false) };
}
