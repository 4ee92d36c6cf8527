/** Small dialog that asks before something is done. */
import { button, make } from "./dom.js";
import { closeOnBack } from "./layers.js";
import { loadStyle } from "./stylesheet.js";

/** Asks; resolves when an answer is chosen or the dialog is closed.
 * @param {{question: string, more: string, answers: {label: string, value: string}[]}} content the first answer is the
 *   one that costs least, and has the focus
 * @returns {Promise<string>} the value of the answer, "" without one */
export async function ask({ question, more, answers }) {
  await loadStyle(new URL("./ask.css", import.meta.url).href);
  const heading = make("h2", { id: "asked" }, question);
  const detail = make("p", { id: "asked-more" }, more);
  const row = make("div", { className: "answers" }, ...answers.map(({ label, value }, place) =>
    button(label, () => node.close(value), { className: place ? "minor" : "primary" })));
  const node = make("dialog", { className: "ask", role: "alertdialog", "aria-labelledby": heading.id,
    "aria-describedby": detail.id }, heading, detail, row);
  // A click on the backdrop has the dialog itself as its target.
  node.addEventListener("click", (event) => event.target === node && node.close());
  document.body.append(node);
  node.showModal();
  closeOnBack(node);
  return new Promise((resolve) => node.addEventListener("close", () => {
    node.remove();
    resolve(node.returnValue);
  }));
}
