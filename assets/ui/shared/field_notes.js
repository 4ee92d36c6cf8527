/** Messages at form fields, and help texts linked to their inputs for screen readers. */
import { elementId } from "./dom.js";
import { showControl } from "./folds.js";
import { inFull } from "./messages.js";

const INPUTS = "textarea, input:not([type=hidden])";
/** Fields of the API without a control of the same name, and the control that shows their messages. */
const STAND_INS = { size: "width", loras: "lora-1", styles: "prompt" };

/** Help texts of another name than their field's: what stands below the box of the prompt is replaced by notes. */
const HELPED = { "prompt-keys": "prompt" };

/** @param {string} field @returns {HTMLElement | null} */
function blockOf(field) {
  return document.getElementById(elementId(STAND_INS[field] ?? field));
}

/** Adds an id to an input's description, or removes it.
 * @param {HTMLElement} input @param {string} id @param {boolean} isOn */
function describe(input, id, isOn) {
  const ids = new Set((input.getAttribute("aria-describedby") || "").split(" ").filter(Boolean));
  if (isOn) ids.add(id);
  else ids.delete(id);
  input.setAttribute("aria-describedby", [...ids].join(" "));
}

/** @param {HTMLElement} block */
function clearBlock(block) {
  block.querySelector(":scope > .refusal")?.remove();
  block.classList.remove("refused");
  for (const input of block.querySelectorAll(INPUTS)) {
    input.removeAttribute("aria-invalid");
    describe(input, `refusal-${block.id}`, false);
  }
}

/** @param {HTMLElement} block @param {string} sentence */
function markBlock(block, sentence) {
  clearBlock(block);
  const note = document.createElement("p");
  note.className = "refusal";
  note.id = `refusal-${block.id}`;
  note.setAttribute("role", "status");
  note.textContent = sentence;
  block.append(note);
  block.classList.add("refused");
  for (const input of block.querySelectorAll(INPUTS)) {
    input.setAttribute("aria-invalid", "true");
    describe(input, note.id, true);
  }
  block.addEventListener("input", () => clearBlock(block), { once: true });
}

/** Shows messages at their fields and moves the focus to the first.
 * @param {{field: string, message: import("./messages.js").Message}[]} refused
 * @returns {number} how many have a field on the page */
export function showFieldErrors(refused) {
  const found = refused.map(({ field, message }) => ({ block: blockOf(field), message })).filter(({ block }) => block);
  for (const { block, message } of found) markBlock(block, inFull(message));
  showControl(found[0]?.block);
  return found.length;
}

/** Shows a message at its field and leaves the focus where it is. 
 * @param {string} field @param {import("./messages.js").Message} message */
export function noteField(field, message) {
  const block = blockOf(field);
  if (block) markBlock(block, inFull(message));
}

/** Removes the message at a field. @param {string} field */
export function clearField(field) {
  const block = blockOf(field);
  if (block) clearBlock(block);
}

/** Removes the messages at all fields. */
export function clearFields() {
  for (const block of document.querySelectorAll(".refused")) clearBlock(block);
}

/** Links each help text to its inputs; the help of the LoRA table belongs to all its rows. */
export function linkHelp() {
  for (const help of document.querySelectorAll("[id^=help-]")) {
    const name = help.id.slice("help-".length);
    const blocks = name === "loras" ? [1, 2, 3, 4].map((number) => blockOf(`lora_${number}`)) : [blockOf(HELPED[name] ?? name)];
    for (const block of blocks) for (const input of block?.querySelectorAll(INPUTS) || []) describe(input, help.id, true);
  }
}
