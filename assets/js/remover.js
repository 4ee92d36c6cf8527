/** A button that deletes for good: the first press asks, the second deletes; a double click is one press. */
import { button } from "./dom.js";

/** @param {{remove: string, removeForGood: string}} words @param {() => void} ask says what will be gone
 * @param {() => void} act deletes; the button stays disabled until somebody enables it
 * @returns {{node: HTMLElement, calm: () => void}} `calm` takes the question back */
export function remover(words, ask, act) {
  let isAsked = false;
  const draw = (asked) => {
    isAsked = asked;
    node.classList.toggle("danger", asked);
    node.textContent = asked ? words.removeForGood : words.remove;
  };
  const node = button("", ({ detail: clicks }) => {
    if (!isAsked) {
      draw(true);
      return ask();
    }
    if (clicks > 1) return;
    node.disabled = true;
    act();
  });
  draw(false);
  return { node, calm: () => draw(false) };
}
