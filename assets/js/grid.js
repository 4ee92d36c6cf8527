/** "Compare values": one closed line; what is in it is fetched when it is first opened. */
import { make } from "./dom.js";
import { words } from "./words.js";

let seat = null;
let node = null;

/** Shows it in a gr.HTML component. @param {{element: HTMLElement, server: object}} host */
export function mount(host) {
  seat = host;
  node ??= line();
  host.element.replaceChildren(node);
}

function line() {
  const closed = make("details", { className: "grid-line" }, make("summary", {}, words.grid));
  closed.addEventListener("toggle", async () => {
    const { controls } = await import("./grid_panel.js");
    closed.append(await controls((ask) => seat.server.plan(ask)));
  }, { once: true });
  return closed;
}
