/**
 * The form's fields as the page's script sees them: a sentence at the field it is about, help tied to its box.
 */

const BOX = "textarea, input:not([type=hidden])";
/** Fields of the API that have no control of their own name on the page. */
const PLACES = { size: "width", loras: "lora-1" };

/** @param {string} field @returns {HTMLElement | null} */
function block(field) {
  const name = (PLACES[field] || field).replaceAll("_", "-");
  return document.getElementById(`field-${name}`);
}

/** @param {HTMLElement} box @param {string} id @param {boolean} on */
function describe(box, id, on) {
  const ids = new Set((box.getAttribute("aria-describedby") || "").split(" ").filter(Boolean));
  if (on) ids.add(id);
  else ids.delete(id);
  box.setAttribute("aria-describedby", [...ids].join(" "));
}

/** @param {HTMLElement} place */
function forget(place) {
  place.querySelector(":scope > .refusal")?.remove();
  place.classList.remove("refused");
  for (const box of place.querySelectorAll(BOX)) {
    box.removeAttribute("aria-invalid");
    describe(box, `refusal-${place.id}`, false);
  }
}

/** @param {HTMLElement} place @param {string} sentence */
function tell(place, sentence) {
  forget(place);
  const line = document.createElement("p");
  line.className = "refusal";
  line.id = `refusal-${place.id}`;
  line.setAttribute("role", "status");
  line.textContent = sentence;
  place.append(line);
  place.classList.add("refused");
  for (const box of place.querySelectorAll(BOX)) {
    box.setAttribute("aria-invalid", "true");
    describe(box, line.id, true);
  }
  place.addEventListener("input", () => forget(place), { once: true });
}

/** Put each sentence at its field and go to the first. @param {{field: string, sentence: string}[]} refused */
export function show(refused) {
  const places = refused.map(({ field, sentence }) => ({ place: block(field), sentence })).filter((one) => one.place);
  for (const { place, sentence } of places) tell(place, sentence);
  const first = places[0]?.place.querySelector(BOX);
  first?.focus({ preventScroll: true });
  places[0]?.place.scrollIntoView({ block: "center" });
  return places.length;
}

/** Put a sentence at its field; who writes elsewhere is not disturbed. @param {string} field @param {string} sentence */
export function note(field, sentence) {
  const place = block(field);
  if (place) tell(place, sentence);
}

/** Take the sentence at a field away. @param {string} field */
export function takeBack(field) {
  const place = block(field);
  if (place) forget(place);
}

/** Take all sentences away. */
export function clear() {
  for (const place of document.querySelectorAll(".refused")) forget(place);
}

/** Tie each help text to its boxes for screen readers; the help of the LoRA table belongs to all its rows. */
export function tieHelp() {
  for (const help of document.querySelectorAll("[id^=help-]")) {
    const name = help.id.slice("help-".length);
    const places = name === "loras" ? [1, 2, 3, 4].map((number) => block(`lora_${number}`)) : [block(name)];
    for (const place of places) for (const box of place?.querySelectorAll(BOX) || []) describe(box, help.id, true);
  }
}
