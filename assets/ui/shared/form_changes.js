/** Changes of the form: a person's, and those that scripts report by the event `playground:form`. */

const EVENTS = ["input", "change", "click", "playground:form"];

/** Runs a function a moment after each change: Gradio draws what a script fills in some frames later.
 * @param {() => void} then @param {number} ms after the last change @returns {() => void} as after a change */
export function onFormChange(then, ms) {
  let timer = 0;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(then, ms);
  };
  for (const name of EVENTS) addEventListener(name, soon, true);
  return soon;
}
