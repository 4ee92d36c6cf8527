/**
 * What stands under each LoRA row. All of it is told by the row's text alone, whoever wrote it there: so it follows
 * the text when rows move up.
 */
import { button, make, setText } from "./dom.js";
import { note, takeBack } from "./fields.js";
import { fillRows } from "./form.js";
import { inFull } from "./messages.js";
import * as trigger from "./trigger_words.js";
import { words } from "./words.js";

/**
 * @typedef {object} Verdict what `server.check` gives
 * @property {"fits"|"cannot_tell"|"will_not_fit"} fit @property {string} sentence @property {string} path
 * @property {string} label @property {string} title @property {string[]} words @property {string} refused
 */

const TAG = /<\s*lora:[^<>]*>/i;
const KEPT = { __type__: "update" };
const say = words.lora;

/** @type {Map<string, Promise<object>>} what the server makes of a text, by the text */
const understood = new Map();
const places = new Map(); // what is known, by the text, once it is
/** @type {Map<string, Verdict>} */
const verdicts = new Map();
const checking = new Set();
const rows = new Map();
const refused = new Map(); // the text that was refused at each row

let seat; // the component below the rows: its server answers for all of them
let seated;
const server = new Promise((found) => (seated = found));

// --- Gradio's hooks ---

/** Mounts the line below the rows. @param {{element: HTMLElement, server: object, messages: object}} host */
export function mount(host) {
  const isFirst = !seat;
  seat = { ...host, line: make("div", { className: "lora-notes", role: "status" }) };
  host.element.replaceChildren(seat.line);
  seated(host.server);
  if (!isFirst) return;
  addEventListener("click", onClick, true);
}

/** Mounts the place under a row. @param {{element: HTMLElement}} host */
export function mountRow({ element }) {
  const number = Number(element.closest("[id^=lora-check-]").id.slice("lora-check-".length));
  rows.set(number, new Row(element, number));
  changed(number);
}

export const changed_1 = () => changed(1);
export const changed_2 = () => changed(2);
export const changed_3 = () => changed(3);
export const changed_4 = () => changed(4);
export const left_1 = (...values) => left(1, ...values);
export const left_2 = (...values) => left(2, ...values);
export const left_3 = (...values) => left(3, ...values);
export const left_4 = (...values) => left(4, ...values);
export const prompt_changed = () => rows.forEach((row) => row.draw());

/** Tags in the prompt become rows. */
export async function prompt_left(prompt, ...values) {
  const kept = [KEPT, ...values.map(() => KEPT), KEPT, KEPT, KEPT, KEPT];
  if (!TAG.test(prompt ?? "")) return kept;
  const found = await ask("take_tags", { prompt });
  if (!found) return kept; // the server reads tags too, when Generate is pressed
  const filled = found.refused ? null : fillRows(values, found.loras);
  if (!filled) {
    note("prompt", found.refused || tooMany());
    return kept;
  }
  if (trigger.prompt() !== prompt) return kept; // written on meanwhile; it is left once more
  tellBelow(say.moved(found.loras.map(({ path }) => path)));
  return [found.prompt, ...filled.map((value, at) => (value === values[at] ? KEPT : value))];
}

/** The sentence that there are too many LoRAs. */
export const tooMany = () => inFull(seat.messages.too_many_loras);

/** Says something below the rows. @param {string} sentence */
export const tellBelow = (sentence) => seat.line.replaceChildren(make("p", {}, sentence));

function onClick({ target }) {
  const remover = target.closest?.("button.remove, .remove button");
  if (remover) offerLeftovers(Number(remover.textContent.match(/\d+/)?.[0]));
  if (target.closest?.("#generate, #generate button") && TAG.test(trigger.prompt())) {
    document.querySelector("#field-prompt textarea").dispatchEvent(new FocusEvent("blur"));
  }
}

// --- what a row's text says ---

const box = (number) => document.querySelector(`#field-lora-${number} :is(textarea, input)`);
const text = (number) => (box(number)?.value ?? "").trim();

async function ask(question, values) {
  return (await server)[question](values).catch(() => undefined);
}

/** Asks once what a text names. @param {string} pasted @returns {Promise<object | undefined>} */
function learn(pasted) {
  if (!understood.has(pasted)) understood.set(pasted, learnAnew(pasted));
  return understood.get(pasted);
}

async function learnAnew(pasted) {
  const found = await ask("understand", { text: pasted });
  if (found) places.set(pasted, found);
  else understood.delete(pasted);
  if (found && !found.refused) places.set(found.path, found);
  return found;
}

/** The trigger words of a text: those that a check found, else those of the shelf. */
function wordsOf(pasted) {
  const found = verdicts.get(pasted)?.words ?? [];
  return found.length ? found : places.get(pasted)?.words ?? [];
}

function changed(number) {
  const pasted = text(number);
  rows.get(number)?.draw();
  if (!pasted || box(number) === document.activeElement) return;
  learn(pasted).then(() => rows.get(number)?.draw());
}

/** A box is left: its text takes its usual form, and a refusal is said. */
async function left(number, path, scale) {
  const pasted = String(path ?? "").trim();
  if (!pasted) return [KEPT, KEPT];
  const found = await learn(pasted);
  rows.get(number)?.draw();
  if (!found || found.refused || text(number) !== pasted) return [KEPT, KEPT];
  return [found.path === path ? KEPT : found.path, found.weight ?? KEPT];
}

function write(number, path) {
  const area = box(number);
  area.value = path;
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

// --- a row ---

class Row {
  constructor(element, number) {
    this.number = number;
    this.place = make("span", { className: "lora-place" });
    this.check = button(say.check, () => this.#check(), { className: "small", "aria-label": say.checkOf(number) });
    this.fit = make("strong", { className: "lora-fit" });
    this.told = make("span");
    this.verdict = make("p", { className: "lora-verdict", role: "status" }, this.fit, " ", this.told);
    this.words = make("div", { className: "lora-words", role: "group", "aria-label": say.wordsOf(number) });
    this.node = make("div", { className: "lora-check" },
      make("div", { className: "lora-line" }, this.place, this.check), this.verdict, this.words);
    element.replaceChildren(this.node);
  }

  /** Draws what is known of the row's text. */
  draw() {
    const pasted = text(this.number);
    const place = places.get(pasted);
    const verdict = verdicts.get(pasted);
    this.node.hidden = !pasted;
    setText(this.place, place && !place.refused ? place.label : "");
    this.#refuse(pasted, place?.refused);
    const isBusy = checking.has(pasted);
    this.check.hidden = Boolean(place?.refused);
    this.check.textContent = isBusy ? say.checking : say.check;
    this.check.setAttribute("aria-disabled", String(isBusy));
    this.verdict.dataset.fit = verdict?.fit ?? "";
    setText(this.fit, verdict ? say.fit[verdict.fit] : "");
    setText(this.told, verdict?.sentence ?? "");
    this.#drawWords(wordsOf(pasted));
  }

  #refuse(pasted, sentence) {
    const field = `lora_${this.number}`;
    if (sentence && box(this.number) !== document.activeElement) {
      if (refused.get(this.number) !== pasted) note(field, sentence);
      refused.set(this.number, pasted);
    } else if (refused.has(this.number) && refused.get(this.number) !== pasted) {
      takeBack(field);
      refused.delete(this.number);
    }
  }

  #drawWords(found) {
    const prompt = trigger.prompt();
    const shown = [...this.words.querySelectorAll("button")];
    if (shown.map((chip) => chip.dataset.word).join("\n") !== found.join("\n")) {
      const chips = found.map((word) => button(word, () => toggle(word), { className: "lora-word", "data-word": word }));
      this.words.replaceChildren(...(chips.length ? [make("span", {}, say.words), ...chips] : []));
      shown.splice(0, shown.length, ...chips);
    }
    this.words.hidden = !found.length;
    for (const chip of shown) chip.setAttribute("aria-pressed", String(trigger.has(prompt, chip.dataset.word)));
  }

  async #check() {
    const pasted = text(this.number);
    if (!pasted || checking.has(pasted)) return;
    checking.add(pasted);
    this.draw();
    const found = await ask("check", { text: pasted });
    checking.delete(pasted);
    if (found?.refused) places.set(pasted, found);
    else this.#keep(pasted, found ?? { fit: "cannot_tell", sentence: inFull(seat.messages.not_checked), words: [] });
    rows.forEach((row) => row.draw());
  }

  /** A page that named no version has one now. @param {string} pasted @param {Verdict} found */
  #keep(pasted, found) {
    verdicts.set(pasted, found);
    if (!found.path) return;
    verdicts.set(found.path, found);
    places.set(found.path, { ...found, words: wordsOf(found.path), refused: "" });
    understood.set(found.path, Promise.resolve(places.get(found.path)));
    if (found.path !== pasted && text(this.number) === pasted) write(this.number, found.path);
  }
}

// --- trigger words ---

function toggle(word) {
  const prompt = trigger.prompt();
  trigger.write(trigger.has(prompt, word) ? trigger.withoutWord(prompt, word) : trigger.withWord(prompt, word));
  rows.forEach((row) => row.draw());
}

/** A row goes: its words that are left in the prompt may go too. @param {number} number */
function offerLeftovers(number) {
  const others = [...rows.keys()].filter((other) => other !== number);
  const needed = new Set(others.flatMap((other) => wordsOf(text(other))));
  const prompt = trigger.prompt();
  const left = wordsOf(text(number)).filter((word) => trigger.has(prompt, word) && !needed.has(word));
  seat.line.replaceChildren();
  if (!left.length) return;
  const take = button(say.takeOut(left.length), () => {
    trigger.write(left.reduce(trigger.withoutWord, trigger.prompt()));
    seat.line.replaceChildren();
    trigger.focusPrompt();
  }, { className: "small" });
  const keep = button(say.keep(left.length), () => seat.line.replaceChildren(), { className: "small" });
  seat.line.append(make("p", {}, say.leftover(left)), take, keep);
}
