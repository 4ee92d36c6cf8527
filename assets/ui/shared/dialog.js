/** Frame of a dialog: its title with what is said below it, the button that closes it, its content, and a foot. */
import { closeButton } from "./close_button.js";
import { make } from "./dom.js";
import { closeOnBack } from "./layers.js";
import { loadStyle } from "./stylesheet.js";

/** Opens the dialog; resolves when it is closed.
 * @param {{title: string, hint?: string, notes?: HTMLElement[], className: string, style?: URL, content: HTMLElement[],
 *   foot?: HTMLElement[]}} parts `style` is the sheet of its content @returns {Promise<void>} */
export async function openDialog({ title, hint = "", notes = [], className, style, content, foot = [] }) {
  const sheets = [new URL("./dialog.css", import.meta.url), ...(style ? [style] : [])];
  await Promise.all(sheets.map(({ href }) => loadStyle(href)));
  const node = make("dialog", { className: `framed ${className}`, "aria-label": title },
    make("header", {}, make("h2", {}, title), ...(hint ? [make("p", {}, hint)] : []), ...notes,
      closeButton(() => node.close())),
    ...content, ...(foot.length ? [make("footer", {}, ...foot)] : []));
  // A click on the backdrop has the dialog itself as its target.
  node.addEventListener("click", (event) => event.target === node && node.close());
  document.body.append(node);
  node.showModal();
  closeOnBack(node);
  return new Promise((resolve) => node.addEventListener("close", () => resolve(node.remove())));
}
