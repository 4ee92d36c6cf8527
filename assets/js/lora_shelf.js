/** The starter shelf: a dialog with LoRAs to choose from. Fetched when it is first opened. */
import { button, make, setText } from "./dom.js";
import { fillRows } from "./form.js";
import { tellBelow, tooMany } from "./lora_rows.js";
import { words } from "./lora_shelf/words.js";
import { loadStyle } from "./style_sheet.js";

const ROWS = 4;
const PER_ROW = 3; // its path, its scale, whether it is used
const KEPT = { __type__: "update" };
const DRAWN = 500; // ms until the row that was filled has its full height

/** @typedef {{path: string, title: string, line: string, trigger_words: string[], licence: string, page: string,
 *   picture: string}} Lora as in assets/loras/shelf.json */

const beside = (path) => new URL(`../loras/${path}`, import.meta.url).href;
const opener = () => document.querySelector("button#choose-lora, #choose-lora button");
let fetched = null;
let isOpen = false;

/** What the button runs: opens the shelf and puts what is chosen into a row. @param {...any} values of all rows */
export async function choose(...values) {
  const kept = Array.from({ length: values.length + ROWS }, () => KEPT);
  if (isOpen) return kept;
  isOpen = true;
  try {
    const [loras] = await Promise.all([shelf(), loadStyle(new URL("./lora_shelf/shelf.css", import.meta.url).href)]);
    const filled = await new Shelf(loras, values).show();
    return filled ? filled.map((value, at) => (value === values[at] ? KEPT : value)) : kept;
  } finally {
    isOpen = false;
  }
}

/** @returns {Promise<Lora[]>} none when they cannot be had just now */
function shelf() {
  fetched ??= fetch(beside("shelf.json")).then((answer) => (answer.ok ? answer.json() : Promise.reject(answer)));
  return fetched.catch(() => {
    fetched = null;
    return [];
  });
}

class Shelf {
  /** @param {Lora[]} loras @param {any[]} values of all rows */
  constructor(loras, values) {
    this.values = values;
    this.status = make("p", { className: "status", role: "status" });
    this.node = make("dialog", { className: "lora-shelf", "aria-label": words.title },
      make("header", {}, make("h2", {}, words.title), button(words.close, () => this.node.close()), this.status),
      make("p", { className: "quiet" }, words.hint),
      make("ul", {}, ...loras.map((lora) => this.#card(lora))));
    this.node.onclick = ({ target }) => target === this.node && this.node.close(); // beside the dialog's content
    setText(this.status, loras.length ? "" : words.notLoaded);
  }

  /** @returns {Promise<?any[]>} the rows with what was chosen, null when nothing was */
  show() {
    document.body.append(this.node);
    this.node.showModal();
    return new Promise((resolve) => {
      this.node.addEventListener("close", () => {
        this.node.remove();
        opener()?.focus();
        resolve(this.filled ?? null);
      });
    });
  }

  #card(lora) {
    const { title, line, picture } = lora;
    return make("li", {},
      make("img", { src: beside(picture), alt: words.sample(title), width: 256, height: 256, decoding: "async" }),
      make("h3", {}, title), make("p", {}, line), triggers(lora), facts(lora), this.#use(lora));
  }

  /** The button that chooses; what stands in a row already cannot be chosen, and says so. */
  #use(lora) {
    const at = this.values.findIndex((value, at) => at % PER_ROW === 0 && value?.trim() === lora.path);
    if (at < 0) return button(words.use, () => this.#put(lora), { "aria-label": words.useOf(lora.title) });
    const isOn = this.values[at + 2] !== false;
    const told = isOn ? words.isInUse(lora.title) : words.isInRow(lora.title);
    return button(isOn ? words.inUse : words.inRow, null, { disabled: true, "aria-label": told });
  }

  #put({ path, title }) {
    this.filled = fillRows(this.values, [{ path, scale: 1 }]);
    if (!this.filled) return setText(this.status, tooMany());
    tellBelow(words.put(title));
    this.node.close();
    setTimeout(keepInSight, DRAWN);
  }
}

/** The row grew above the button that has the focus: it must not end up behind the bar with Generate. */
function keepInSight() {
  if (document.activeElement === opener()) opener()?.scrollIntoView({ block: "nearest" });
}

function triggers({ trigger_words: found }) {
  if (!found.length) return make("p", { className: "quiet" }, words.noTriggers);
  const chips = found.map((word) => make("strong", {}, word));
  return make("p", { className: "quiet" }, words.triggers(found.length), ...chips);
}

function facts({ title, licence, page }) {
  const link = make("a", { href: page, target: "_blank", rel: "noopener", "aria-label": words.pageOf(title) }, words.page);
  return make("p", { className: "quiet facts" }, make("span", {}, words.licence, make("span", {}, licence)), link);
}
