/** Button for a deletion that cannot be undone: the first press asks for confirmation, the second deletes. */
import { button } from "./dom.js";
import { text } from "./texts.js";

/** @param {() => void} onFirst describes what will be deleted
 * @param {() => void} onConfirmed deletes; the button is disabled and the caller enables it again
 * @returns {{node: HTMLElement, reset: () => void}} `reset` withdraws the request for confirmation */
export function confirmButton(onFirst, onConfirmed) {
  let isArmed = false;
  const draw = (armed) => {
    isArmed = armed;
    node.classList.toggle("danger", armed);
    node.textContent = text(armed ? "shared.remove_for_good" : "shared.remove");
  };
  const node = button("", ({ detail: clicks }) => {
    if (!isArmed) {
      draw(true);
      return onFirst();
    }
    if (clicks > 1) return; // the second half of a double click confirms nothing
    node.disabled = true;
    onConfirmed();
  });
  draw(false);
  return { node, reset: () => draw(false) };
}
