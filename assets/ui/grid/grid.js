/** "Compare values" below the form, and the grid of a press. Both are fetched when they are first opened. */
import { make } from "../shared/dom.js";
import { text } from "../shared/texts.js";
import { planAt } from "./plan.js";

let host = null;
let node = null;

/** Shows the closed panel in a gr.HTML component. @param {{element: HTMLElement, server: object}} component */
export function mount(component) {
  host = component;
  planAt(component.server);
  node ??= closedPanel();
  host.element.replaceChildren(node);
}

function closedPanel() {
  const panel = make("details", { className: "grid-line" }, make("summary", {}, text("grid.compare")));
  panel.addEventListener("toggle", async () => {
    const { controls } = await import("./panel.js");
    panel.append(await controls());
  }, { once: true });
  return panel;
}

/** Opens the grid of a press, which follows its images as they are made.
 * @param {() => object[]} rows @param {(text: string) => void} say */
export async function showGrid(rows, say) {
  const { open } = await import("./view.js");
  await open(rows, say);
}
