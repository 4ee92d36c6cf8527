/** Button whose action takes a moment. Turned off it keeps the focus, which a disabled one would lose. */
import { button } from "../shared/dom.js";

const OFF = "aria-disabled";

/** @param {string} label @param {string} meanwhile label while the action runs @param {() => Promise<void>} action
 * @returns {HTMLElement} */
export function actionButton(label, meanwhile, action) {
  let isRunning = false;
  const draw = (running) => {
    isRunning = running;
    setOff(node, running);
    node.textContent = running ? meanwhile : label;
  };
  const node = button(label, async () => {
    if (isRunning || node.getAttribute(OFF) === "true") return;
    draw(true);
    await action().finally(() => draw(false));
  });
  return node;
}

/** @param {HTMLElement} node @param {boolean} isOff */
export function setOff(node, isOff) {
  node.setAttribute(OFF, String(isOff));
}
