/**
 * Check below each LoRA row: where the LoRA comes from, whether it fits, its trigger words. All of it depends on the
 * row's text alone, so that it follows the text when rows move up. Also tags that move from the prompt into rows.
 */
import { button, make, setText } from "../shared/dom.js";
import { clearField, noteField } from "../shared/field_notes.js";
import { UNCHANGED } from "../shared/form_fill.js";
import { list } from "../shared/formats.js";
import { clip } from "../shared/labels.js";
import { inFull } from "../shared/messages.js";
import { shown, text } from "../shared/texts.js";
import { fillRows } from "./rows.js";
import { setTitle, titleOf } from "./titles.js";
import { has, prompt, promptInput, setPrompt, withoutWord, withWord } from "./trigger_words.js";

/**
 * @typedef {object} Place the server's reading of a text
 * @property {string} path @property {string} label @property {?number} weight @property {string[]} words
 * @property {string} starter id in the starter set, "" of another
 * @property {?import("../shared/messages.js").Message} refused why the text names no LoRA
 * @typedef {object} Verdict of `server.check`
 * @property {"fits"|"cannot_tell"|"will_not_fit"} fit 
 * @property {import("../shared/messages.js").Message} message @property {string} path
 * @property {string} label @property {string} title @property {string[]} words
 */

const TAG = /<\s*(?:lora|lyco):[^<>]*>/i;
const REMOVE = "remove-lora-"; // ids of the rows' remove buttons begin so
const CHECK = "lora-check-";
const MOST_CHARACTERS = 60; // of a path in a sentence

/** @type {Map<string, Promise<?Place>>} requests, by text */
const requests = new Map();
/** @type {Map<string, Place>} answers to them, by text */
const places = new Map();
/** @type {Map<string, Verdict>} by text */
const verdicts = new Map();
const checking = new Set(); // texts
/** @type {Map<string, string[]>} trigger words that a search found, by path */
const searched = new Map();
const awaited = new Set(); // paths that are checked once they stand in a row
const rows = new Map(); // number -> Row
const refusedTexts = new Map(); // row number -> text that is refused at it

let host; // the component below the rows: its server functions serve all of them
let hostFound;
const server = new Promise((resolve) => (hostFound = resolve));

// --- Gradio's hooks ---

/** Mounts the line below the rows. @param {{element: HTMLElement, server: object, messages: object}} component */
export function mount(component) {
  const isFirst = !host;
  host = { ...component, notes: make("div", { className: "lora-notes", role: "status" }) };
  component.element.replaceChildren(host.notes);
  hostFound(component.server);
  if (isFirst) addEventListener("click", onClick, true);
}

/** Mounts the check below a row. @param {{element: HTMLElement}} component */
export function mountRow({ element }) {
  const number = Number(element.closest(`[id^=${CHECK}]`).id.slice(CHECK.length));
  rows.set(number, new Row(element, number));
  changed(number);
}

/** Hook: the text of a row has changed. @param {number} number */
export function changed(number) {
  const typed = textOf(number);
  rows.get(number)?.draw();
  // While it is typed in, a text is not read: `left` does so in the end.
  if (!typed || inputOf(number) === document.activeElement) return;
  lookUp(typed).then(() => {
    const row = rows.get(number);
    row?.draw();
    if (row && awaited.delete(typed)) row.runCheck();
  });
}

/** Hook: the input of a row has lost the focus. Its text gets its usual form, or a refusal.
 * @param {number} number @param {{path: ?string}} row @returns {Promise<?{path: any, scale: any}>} */
export async function left(number, { path }) {
  const typed = String(path ?? "").trim();
  if (!typed) return null;
  const place = await lookUp(typed);
  rows.get(number)?.draw();
  if (!place || place.refused || textOf(number) !== typed) return null;
  return { path: place.path === path ? UNCHANGED : place.path, scale: place.weight ?? UNCHANGED };
}

/** Hook: the prompt has changed. */
export const prompt_changed = () => drawRows();

/** Hook: the prompt has lost the focus. Its tags become rows.
 * @param {Object<string, any>} fields the prompt, and those of all rows */
export async function prompt_left(fields) {
  if (!TAG.test(fields.prompt ?? "")) return null;
  const found = await call("take_tags", { prompt: fields.prompt });
  if (!found) return null; // the server reads tags too, when Generate is pressed
  const filled = found.refused ? null : fillRows(fields, found.loras);
  if (!filled) {
    noteField("prompt", found.refused || tooManyLoras());
    return null;
  }
  if (prompt() !== fields.prompt) return null; // changed meanwhile: the input will lose the focus once more
  const paths = list(found.loras.map(({ path }) => clip(path, MOST_CHARACTERS)));
  noteBelow(text("loras.moved", { names: paths }));
  return { ...filled, prompt: found.prompt };
}

/**
 * @typedef {object} Table what the dialog of LoRAs needs of the rows, whose scripts are there before
 * @property {() => import("../shared/messages.js").Message} tooManyLoras message for a LoRA that finds no empty row
 * @property {(note: string) => void} noteBelow shows a text below the rows
 * @property {boolean} isSearched whether the host offers a search
 * @property {(values: {words: string, order: string}) => Promise<?{loras: object[], refused: ?object}>} findLoras
 *   searches; undefined without an answer
 * @property {(path: string, words: string[]) => void} checkSoon checks a LoRA once it stands in a row; its trigger words
 */

/** Hook: opens the dialog of LoRAs. @param {Object<string, any>} fields of all rows */
export async function choose(fields) {
  const isSearched = Boolean((await server).find_loras);
  const findLoras = (values) => call("find_loras", values);
  const table = { tooManyLoras, noteBelow, isSearched, findLoras, checkSoon };
  return (await import("./dialog.js")).choose(fields, table);
}

const tooManyLoras = () => host.messages.too_many_loras;

const noteBelow = (note) => host.notes.replaceChildren(make("p", {}, note));

function checkSoon(path, words) {
  searched.set(path, words);
  awaited.add(path);
}

function onClick({ target }) {
  const remove = target.closest?.(`[id^=${REMOVE}]`);
  if (remove) offerLeftovers(Number(remove.id.slice(REMOVE.length)));
  if (target.closest?.("#generate, #generate button") && TAG.test(prompt())) {
    promptInput().dispatchEvent(new FocusEvent("blur")); // Ctrl+Enter presses the button from within the prompt
  }
}

// --- texts of rows ---

const inputOf = (number) => document.querySelector(`#field-lora-${number} :is(textarea, input)`);
const textOf = (number) => (inputOf(number)?.value ?? "").trim();
const drawRows = () => rows.forEach((row) => row.draw());

async function call(name, values) {
  return (await server)[name](values).catch(() => undefined);
}

/** Requests once what a text names. @param {string} typed @returns {Promise<?Place>} */
function lookUp(typed) {
  if (!requests.has(typed)) requests.set(typed, requestPlace(typed));
  return requests.get(typed);
}

async function requestPlace(typed) {
  const place = await call("parse_lora", { text: typed });
  // Without an answer nothing is stored, so that the text is requested again when it is needed next.
  if (place) places.set(typed, place);
  else requests.delete(typed);
  if (place && !place.refused) places.set(place.path, place);
  if (place?.starter) setTitle(place.path, text(`starter_lora.${place.starter}.title`));
  return place;
}

/** Trigger words of a text: those that a check found, else those of the starter set, else those of a search. */
function triggerWordsOf(typed) {
  const known = [verdicts.get(typed)?.words, places.get(typed)?.words, searched.get(typed)];
  return known.find((words) => words?.length) ?? [];
}

function setPath(number, path) {
  const input = inputOf(number);
  input.value = path;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Stores a verdict, for the path too: a page that named no version has one now. */
function storeVerdict(typed, verdict) {
  verdicts.set(typed, verdict);
  if (!verdict.path) return;
  verdicts.set(verdict.path, verdict);
  places.set(verdict.path, { ...verdict, words: triggerWordsOf(verdict.path), refused: null });
  requests.set(verdict.path, Promise.resolve(places.get(verdict.path)));
}

// --- a row ---

class Row {
  constructor(element, number) {
    this.number = number;
    this.title = make("strong", { className: "lora-title" });
    this.place = make("span", { className: "lora-place" });
    const label = text("loras.check_of", { number });
    this.check = button(text("loras.check"), () => this.runCheck(), { className: "small", "aria-label": label });
    this.fit = make("strong", { className: "lora-fit" });
    this.sentence = make("span");
    this.verdict = make("p", { className: "lora-verdict", role: "status" }, this.fit, " ", this.sentence);
    const group = text("loras.trigger_words_of", { number });
    this.words = make("div", { className: "lora-words", role: "group", "aria-label": group });
    this.node = make("div", { className: "lora-check" },
      make("div", { className: "lora-line" }, make("div", { className: "lora-source" }, this.title, this.place), this.check), this.verdict, this.words);
    element.replaceChildren(this.node);
  }

  /** Draws what is known of the row's text. */
  draw() {
    const typed = textOf(this.number);
    const place = places.get(typed);
    const verdict = verdicts.get(typed);
    const isBusy = checking.has(typed);
    this.node.hidden = !typed;
    setText(this.title, place && !place.refused ? titleOf(place.path) : "");
    setText(this.place, place && !place.refused ? shown(place.label) : "");
    this.#drawRefusal(typed, place?.refused);
    this.check.hidden = Boolean(place?.refused);
    this.check.textContent = text(isBusy ? "loras.checking" : "loras.check");
    this.check.setAttribute("aria-disabled", String(isBusy));
    this.verdict.dataset.fit = verdict?.fit ?? "";
    setText(this.fit, verdict ? text(`loras.fit.${verdict.fit}`) : "");
    setText(this.sentence, inFull(verdict?.message));
    this.#drawWords(triggerWordsOf(typed));
  }

  #drawRefusal(typed, message) {
    const field = `lora_${this.number}`;
    const refused = refusedTexts.get(this.number);
    if (message && inputOf(this.number) !== document.activeElement) {
      if (refused !== typed) noteField(field, message);
      refusedTexts.set(this.number, typed);
    } else if (refusedTexts.has(this.number) && refused !== typed) {
      clearField(field);
      refusedTexts.delete(this.number);
    }
  }

  #drawWords(found) {
    const now = prompt();
    let chips = [...this.words.querySelectorAll("button")];
    if (chips.map((chip) => chip.dataset.word).join("\n") !== found.join("\n")) {
      chips = found.map((word) => button(word, () => toggle(word), { className: "lora-word", "data-word": word }));
      this.words.replaceChildren(...(chips.length ? [make("span", {}, text("loras.trigger_words")), ...chips] : []));
    }
    this.words.hidden = !found.length;
    for (const chip of chips) chip.setAttribute("aria-pressed", String(has(now, chip.dataset.word)));
  }

  /** Checks the row's text, once at a time. */
  async runCheck() {
    const typed = textOf(this.number);
    if (!typed || checking.has(typed)) return;
    checking.add(typed);
    this.draw();
    const verdict = await call("check", { text: typed });
    checking.delete(typed);
    if (verdict?.refused) places.set(typed, verdict);
    else this.#accept(typed, verdict ?? { fit: "cannot_tell", message: host.messages.not_checked, words: [] });
    drawRows();
  }

  #accept(typed, verdict) {
    storeVerdict(typed, verdict);
    const { path } = verdict;
    if (path && path !== typed && textOf(this.number) === typed) setPath(this.number, path);
  }
}

// --- trigger words ---

function toggle(word) {
  setPrompt(has(prompt(), word) ? withoutWord(prompt(), word) : withWord(prompt(), word));
  drawRows();
}

/** Offers to remove the trigger words of a removed row that no other row needs. @param {number} number */
function offerLeftovers(number) {
  const others = [...rows.keys()].filter((other) => other !== number);
  const needed = new Set(others.flatMap((other) => triggerWordsOf(textOf(other))));
  const left = triggerWordsOf(textOf(number)).filter((word) => has(prompt(), word) && !needed.has(word));
  host.notes.replaceChildren();
  if (!left.length) return;
  const remove = button(text("loras.take_out"), () => {
    setPrompt(left.reduce(withoutWord, prompt()));
    host.notes.replaceChildren();
    promptInput()?.focus();
  }, { className: "small" });
  const keep = button(
    text("loras.keep"), () => host.notes.replaceChildren(), { className: "small" });
  host.notes.append(make("p", {}, text("loras.leftover", { words: list(left) })), remove, keep);
}
