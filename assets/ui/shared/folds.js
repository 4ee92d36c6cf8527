/** Folds: groups of settings that open and close. The browser remembers which; a closed one says its values. */
import { appPath } from "./dom.js";
import { onFormChange } from "./form_changes.js";
import { isNarrow, openSheet } from "./sheet.js";
import { store, stored } from "./storage.js";
import { fillTexts } from "./template.js";

const PREFIX = "fold-";
const INPUTS = ["textarea", "input:not([type=hidden])", "button", "select"].join();
const SETTLED_MS = 150; // after the last change

const heads = new Map(); // name -> element of its head. Gradio may mount a component again: the last one counts
const summaries = new Map(); // name -> function that returns its summary
const storageKey = (name) => `playground-fold-${name} ${appPath()}`;

/** Shows the head of a fold in its gr.HTML component. @param {{element: HTMLElement}} host */
export function mount({ element }) {
  const name = element.closest(".fold").id.slice(PREFIX.length);
  if (!heads.size) onFormChange(drawSummaries, SETTLED_MS);
  heads.set(name, element);
  fillTexts(element);
  element.querySelector("button").onclick = () => turn(name);
  draw(name, stored(storageKey(name)) === "open");
  drawSummaries();
}

/** Sets what a fold says while it is closed. @param {string} name @param {() => string} read */
export function setSummary(name, read) {
  summaries.set(name, read);
  drawSummaries();
}

/** Opens what hides a control, the sheet and its group, brings it into view and gives it the focus.
 * @param {?Element} control */
export function showControl(control) {
  if (!control) return;
  if (control.closest("#settings")) openSheet();
  const fold = control.closest(".fold");
  if (fold) setOpen(fold.id.slice(PREFIX.length), true);
  control.scrollIntoView({ block: isNarrow() ? "start" : "center" });
  (control.matches(INPUTS) ? control : control.querySelector(INPUTS))?.focus({ preventScroll: true });
}

/** Scrolls as little as shows all of a group that has grown. @param {HTMLElement} node in it */
export const keepInSight = (node) => node.closest(".fold").scrollIntoView({ block: "nearest" });

const foldOf = (name) => document.getElementById(PREFIX + name);
const isOpen = (name) => foldOf(name).hasAttribute("data-open");

/** Opens or closes a group by its head; one that opened below the edge comes into view, a high one from its head on.
 * @param {string} name */
function turn(name) {
  setOpen(name, !isOpen(name));
  if (isOpen(name)) keepInSight(foldOf(name));
}

function setOpen(name, open) {
  if (isOpen(name) === open) return;
  store(storageKey(name), open ? "open" : "closed");
  draw(name, open);
}

function draw(name, open) {
  foldOf(name).toggleAttribute("data-open", open);
  heads.get(name)?.querySelector("button").setAttribute("aria-expanded", String(open));
}

function drawSummaries() {
  for (const [name, read] of summaries) {
    const node = heads.get(name)?.querySelector(".fold-summary");
    const summary = read();
    if (node && node.textContent !== summary) node.textContent = summary;
  }
}
