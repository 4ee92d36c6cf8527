/** Dialog with LoRAs to choose from: the starter set, and what a search finds at Hugging Face. Fetched when first opened. */
import { openDialog } from "../shared/dialog.js";
import { button, elementId, make, setText } from "../shared/dom.js";
import { showControl } from "../shared/folds.js";
import { inFull } from "../shared/messages.js";
import { text } from "../shared/texts.js";
import { HubSection } from "./hub.js";
import { fillRows, isRowShown, ROWS } from "./rows.js";
import { loadStarterSet, StarterSection } from "./starter.js";
import { setTitle } from "./titles.js";

const TYPED_MS = 400; // after the last key

let isOpen = false;

/** Opens the dialog and puts the chosen LoRA into a row. @param {Object<string, any>} fields of all rows
 * @param {import("./row_check.js").Table} table @returns {Promise<?Object<string, any>>} what changes */
export async function choose(fields, table) {
  if (isOpen) return null;
  isOpen = true;
  try {
    return await new LoraDialog(await loadStarterSet(), fields, table).show();
  } finally {
    isOpen = false;
  }
}

class LoraDialog {
  /** @param {import("./starter.js").Lora[]} loras @param {Object<string, any>} fields of all rows
   * @param {import("./row_check.js").Table} table */
  constructor(loras, fields, table) {
    Object.assign(this, { fields, table });
    this.opener = document.activeElement;
    this.emptyRow = ROWS.find((number) => isRowShown(number) && !fields[`lora_${number}`]?.trim());
    this.status = make("p", { className: "status", role: "status" });
    const use = (lora) => this.#use(lora);
    this.starter = new StarterSection(loras, use);
    this.hub = new HubSection(table.findLoras, use, loras.map(({ path }) => path));
    setText(this.status, loras.length ? "" : text("loras.not_loaded"));
  }

  /** @returns {Promise<?Object<string, any>>} what changes in the form; null when nothing was chosen */
  async show() {
    const list = make("div", { className: "lora-lists", tabIndex: -1 }, this.starter.node, this.hub.node);
    this.close = () => list.closest("dialog").close();
    const search = this.table.isSearched ? [this.#search()] : [];
    if (this.table.isSearched) this.hub.search("");
    // On a phone the keyboard would cover the cards.
    const first = matchMedia("(pointer: coarse)").matches ? list : search[0]?.firstChild ?? list;
    first.autofocus = true;
    await openDialog({
      title: text("loras.find.title"), className: "lora-shelf", style: new URL("./dialog.css", import.meta.url),
      notes: [make("p", {}, text("loras.shelf_hint"), " ", this.#paste()), ...search, this.status], content: [list],
    });
    clearTimeout(this.typing);
    if (this.isPasting) showControl(document.getElementById(elementId(`lora_${this.emptyRow ?? 1}`)));
    else this.opener?.focus();
    return this.filled ?? null;
  }

  #search() {
    const words = make("input", {
      type: "search", placeholder: text("loras.find.words"), "aria-label": text("loras.find.words"),
      autocomplete: "off", maxLength: 100, enterKeyHint: "search",
    });
    const find = () => {
      clearTimeout(this.typing);
      this.starter.filter(words.value.trim());
      this.hub.search(words.value.trim());
    };
    words.oninput = () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(find, TYPED_MS);
    };
    const submit = (event) => {
      event.preventDefault();
      find();
    };
    return make("form", { role: "search", onsubmit: submit }, words);
  }

  /** Button that goes to a row, for a LoRA that is neither in the set nor found. */
  #paste() {
    return button(text("loras.paste"), () => {
      this.isPasting = true;
      this.close();
    }, { className: "minor" });
  }

  /** Button that chooses a LoRA; one that stands in a row already cannot be chosen.
   * @param {{path: string, title: string, scale?: number, words?: string[]}} lora with the words of one that is checked
   *   when it is added: those of the starter set are known */
  #use(lora) {
    const { path, title } = lora;
    const row = ROWS.find((number) => this.fields[`lora_${number}`]?.trim() === path);
    if (!row) return button(text("loras.use"), () => this.#put(lora), { "aria-label": text("loras.use_of", { title }) });
    const isOn = this.fields[`lora_${row}_on`] !== false;
    const label = isOn ? text("loras.is_in_use", { title }) : text("loras.is_in_row", { title });
    return button(text(isOn ? "loras.in_use" : "loras.in_row"), null, { disabled: true, "aria-label": label });
  }

  #put({ path, title, scale = 1, words }) {
    this.filled = fillRows(this.fields, [{ path, scale }]);
    if (!this.filled) return setText(this.status, inFull(this.table.tooManyLoras()));
    setTitle(path, title);
    if (words) this.table.checkSoon(path, words);
    this.table.noteBelow(text("loras.put", { title }));
    this.close();
  }
}
