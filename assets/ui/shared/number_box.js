/** Number boxes that forgive: comma or point, an emptied box is the default, and what is out of range is clamped. */
import { make } from "./dom.js";
import { number } from "./formats.js";
import { text } from "./texts.js";

const NOTE_MS = 4000;
const GROUPED = /^-?\d{1,3}([.,]\d{3})+$/; // 1,024 and 2.147.483.647
const DECIMAL = /^-?(\d+[.,]?\d*|[.,]\d+)$/;
const ZEROS = [0x30, 0x660, 0x6f0]; // of ASCII, Arabic and Persian digits

/** @typedef {{min: number, max: number, step: number}} Range a whole step allows whole numbers alone
 * @typedef {{value: ?number, note: string}} Settled `value` is null where nothing usable was typed */

/** Number that a person typed. @param {string} typed @param {boolean} isWhole one separator before three digits groups
 *   them @returns {?number} null where it is none */
export function parseNumber(typed, isWhole) {
  const plain = typed.normalize("NFKC").replace(/[\s'’_]/g, "").replace(/[−–]/g, "-").replace(/٫/g, ".")
    .replace(/\p{Nd}/gu, digit).replace(/^\+/, "");
  const isGrouped = GROUPED.test(plain) && (isWhole || plain.split(/[.,]/).length > 2);
  if (isGrouped) return Number(plain.replace(/[.,]/g, ""));
  return DECIMAL.test(plain) ? Number(plain.replace(",", ".")) : null;
}

function digit(one) {
  const zero = ZEROS.find((first) => one.codePointAt(0) - first >= 0 && one.codePointAt(0) - first < 10);
  return zero === undefined ? one : String(one.codePointAt(0) - zero);
}

/** What a box holds once it is left. @param {string} typed @param {Range} range @param {number} usual of an empty box
 * @returns {Settled} */
export function settled(typed, { min, max, step }, usual) {
  if (!typed.trim()) return { value: usual, note: "" };
  const isWhole = Number.isInteger(step);
  const value = parseNumber(typed, isWhole);
  if (value === null) return { value: null, note: text("number.none") };
  if (value > max) return { value: max, note: text("number.most", { limit: number(max) }) };
  if (value < min) return { value: min, note: text("number.least", { limit: number(min) }) };
  const near = isWhole ? Math.min(max, min + Math.round((value - min) / step) * step) : value;
  return { value: near, note: near === value ? "" : wholeNote(step) };
}

const wholeNote = (step) => (step === 1 ? text("number.whole") : text("number.steps", { step: number(step) }));

/**
 * Makes a text box forgiving. While it is typed in, every number in range is taken; when it is left, what it holds.
 * @param {HTMLInputElement} box
 * @param {{range: () => Range, usual: () => number, value: () => number, take: (value: number) => void,
 *   shown?: (value: number) => string}} field `value` is the one in force, `shown` its text
 * @returns {{note: HTMLElement, show: () => void}} the place of its notes, and what shows the value in force
 */
export function forgive(box, { range, usual, value, take, shown = String }) {
  const note = make("span", { className: "number-note", role: "status" });
  let timer = 0;
  const say = (sentence) => {
    clearTimeout(timer);
    note.textContent = sentence;
    if (sentence) timer = setTimeout(() => (note.textContent = ""), NOTE_MS);
  };
  const isWhole = () => Number.isInteger(range().step);
  // What is typed stays as it is typed: "3," is 3 on its way to 3,5.
  const isTyping = () => document.activeElement === box && parseNumber(box.value, isWhole()) === value();
  const show = () => {
    describe(box, range(), value(), shown(value()));
    if (!isTyping()) box.value = shown(value());
  };
  const leave = () => {
    if (box.value === shown(value())) return;
    const end = settled(box.value, range(), usual());
    if (end.value !== null && end.value !== value()) take(end.value);
    box.value = shown(value());
    say(end.note);
  };
  box.addEventListener("input", () => {
    say("");
    const end = settled(box.value, range(), value());
    if (box.value.trim() && end.value !== null && !end.note && end.value !== value()) take(end.value);
  });
  box.addEventListener("change", leave);
  box.addEventListener("blur", leave);
  box.addEventListener("keydown", (event) => {
    const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!direction || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    leave();
    const { min, max, step } = range();
    take(Math.max(min, Math.min(max, Number((value() + direction * step).toPrecision(12)))));
    box.value = shown(value());
  });
  box.type = "text";
  box.setAttribute("role", "spinbutton");
  box.inputMode = isWhole() ? "numeric" : "decimal";
  box.autocomplete = "off";
  box.classList.add("number-box");
  show();
  return { note, show };
}

/** What a number box of the browser would tell a screen reader. */
function describe(box, { min, max }, value, shown) {
  box.setAttribute("aria-valuemin", min);
  box.setAttribute("aria-valuemax", max);
  box.setAttribute("aria-valuenow", value);
  box.setAttribute("aria-valuetext", shown || box.placeholder);
}
