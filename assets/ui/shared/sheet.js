/** Sheet of the settings over a narrow page: opened below the prompt; closed by Back, Esc, ×, a swipe down, the scrim. */
import { icon } from "./icons.js";
import { openLayer } from "./layers.js";
import { fillTexts } from "./template.js";

const NARROW = "(max-width: 1023px)";
const BEHIND = ["head", "show", "words", "tools", "action"];
const SWIPE = 80; // pixels downward that close it

let opener = null; // gets the focus back
let leave = null; // leaves the layer of the open sheet

/** Whether the settings are a sheet. @returns {boolean} */
export const isNarrow = () => matchMedia(NARROW).matches;

const sheet = () => document.getElementById("settings");

/** Shows the head of the sheet in its gr.HTML component. @param {{element: HTMLElement}} host */
export function mount({ element }) {
  fillTexts(element);
  const close = element.querySelector(".close");
  close.replaceChildren(icon("close"));
  close.onclick = () => closeSheet();
  if (sheet().dataset.sheet) return;
  sheet().dataset.sheet = "ready";
  watchSwipes(sheet());
  addEventListener("keydown", ({ key }) => key === "Escape" && !document.querySelector("dialog[open]") && closeSheet());
  matchMedia(NARROW).addEventListener("change", ({ matches }) => matches || closeSheet());
  addEventListener("pointerdown", ({ target }) => leave && target.id === "form" && closeSheet());
}

/** Opens the sheet on narrow pages; on wide ones the settings are in sight. */
export function openSheet() {
  if (leave || !isNarrow()) return;
  opener = document.activeElement;
  leave = openLayer(() => hide());
  draw(true);
  sheet().scrollTop = 0;
  sheet().querySelector("#sheet-head .close").focus();
}

/** Closes the sheet where it is open. */
export function closeSheet() {
  if (!leave) return;
  leave();
  hide();
}

function hide() {
  leave = null;
  draw(false);
  opener?.focus?.();
}

function draw(isOpen) {
  document.documentElement.toggleAttribute("data-sheet", isOpen);
  for (const id of BEHIND) document.getElementById(id)?.toggleAttribute("inert", isOpen);
  const settings = sheet();
  settings.toggleAttribute("data-open", isOpen);
  for (const [name, value] of [["role", "dialog"], ["aria-modal", "true"], ["aria-labelledby", "sheet-title"]]) {
    if (isOpen) settings.setAttribute(name, value);
    else settings.removeAttribute(name);
  }
}

/** A finger that pulls down from the top of the sheet closes it. */
function watchSwipes(node) {
  let start = null;
  const far = ({ clientX, clientY }) => ({ x: Math.abs(clientX - start.x), y: clientY - start.y });
  const passive = { passive: true };
  node.addEventListener("touchstart", ({ touches: [touch], target }) => {
    const isFree = isNarrow() && node.scrollTop <= 0 && !target.closest("input, textarea, canvas");
    start = isFree ? { x: touch.clientX, y: touch.clientY } : null;
  }, passive);
  node.addEventListener("touchmove", ({ touches: [touch] }) => {
    if (start) node.style.translate = `0 ${Math.max(0, far(touch).y)}px`;
  }, passive);
  node.addEventListener("touchend", ({ changedTouches: [touch] }) => {
    if (!start) return;
    const { x, y } = far(touch);
    node.style.translate = "";
    start = null;
    if (y > SWIPE && y > x) closeSheet();
  }, passive);
}
