/** Starter set: a dialog with LoRAs to choose from. Fetched when first opened. */
import { closeButton } from "../shared/close_button.js";
import { button, elementId, make, setText } from "../shared/dom.js";
import { showControl } from "../shared/folds.js";
import { listOf } from "../shared/formats.js";
import { closeOnBack } from "../shared/layers.js";
import { inFull } from "../shared/messages.js";
import { sampleNote } from "../shared/painter.js";
import { loadStyle } from "../shared/stylesheet.js";
import { pieces, text } from "../shared/texts.js";
import { noteBelow, tooManyLoras } from "./row_check.js";
import { fillRows, isRowShown, ROWS } from "./rows.js";

const LICENCE_ON_PAGE = "other"; // as Hugging Face calls a licence of the author's own

/** @typedef {{id: string, path: string, trigger_words: string[], licence: string, page: string, picture: string}} Lora
 *   as in assets/loras/starter.json */

const titleOf = ({ id }) => text(`starter_lora.${id}.title`);
const urlOf = (path) => new URL(`../../loras/${path}`, import.meta.url).href;
let starterSet = null; // a promise
let isOpen = false;

/** Hook: opens the dialog and puts the chosen LoRA into a row.
 * @param {Object<string, any>} fields of all rows @returns {Promise<?Object<string, any>>} what changes */
export async function choose(fields) {
  if (isOpen) return null;
  isOpen = true;
  try {
    const style = loadStyle(new URL("./starter_dialog.css", import.meta.url).href);
    const [loras] = await Promise.all([loadStarterSet(), style]);
    return await new StarterDialog(loras, fields).show();
  } finally {
    isOpen = false;
  }
}

/** @returns {Promise<Lora[]>} empty where it cannot be loaded */
function loadStarterSet() {
  starterSet ??= fetch(urlOf("starter.json")).then((answer) => (answer.ok ? answer.json() : Promise.reject(answer)));
  return starterSet.catch(() => {
    starterSet = null;
    return [];
  });
}

class StarterDialog {
  /** @param {Lora[]} loras @param {Object<string, any>} fields of all rows */
  constructor(loras, fields) {
    this.fields = fields;
    this.opener = document.activeElement;
    this.emptyRow = ROWS.find((number) => isRowShown(number) && !fields[`lora_${number}`]?.trim());
    this.status = make("p", { className: "status", role: "status" });
    this.node = make("dialog", { className: "lora-shelf", "aria-label": text("loras.shelf") },
      make("header", {}, make("h2", {}, text("loras.shelf")), closeButton(() => this.node.close()), this.status),
      make("p", { className: "quiet" }, text("loras.shelf_hint"), " ", this.#paste()), sampleNote(),
      make("ul", {}, ...loras.map((lora) => this.#card(lora))));
    this.node.onclick = ({ target }) => target === this.node && this.node.close(); // beside the dialog's content
    setText(this.status, loras.length ? "" : text("loras.not_loaded"));
  }

  /** @returns {Promise<?Object<string, any>>} what changes in the form; null when nothing was chosen */
  show() {
    document.body.append(this.node);
    this.node.showModal();
    closeOnBack(this.node);
    return new Promise((resolve) => {
      this.node.addEventListener("close", () => {
        this.node.remove();
        if (this.isPasting) showControl(document.getElementById(elementId(`lora_${this.emptyRow ?? 1}`)));
        else this.opener?.focus();
        resolve(this.filled ?? null);
      });
    });
  }

  /** Button that goes to a row, for a LoRA that is not in the set. */
  #paste() {
    return button(text("loras.paste"), () => {
      this.isPasting = true;
      this.node.close();
    }, { className: "minor" });
  }

  #card(lora) {
    const title = titleOf(lora);
    const alt = text("loras.sample", { title });
    return make("li", {},
      make("img", { src: urlOf(lora.picture), alt, width: 256, height: 256, decoding: "async" }),
      make("h3", {}, title), make("p", {}, text(`starter_lora.${lora.id}.line`)),
      triggers(lora), facts(lora), this.#use(lora));
  }

  /** Button that chooses a LoRA; one that stands in a row already cannot be chosen. */
  #use(lora) {
    const title = titleOf(lora);
    const row = ROWS.find((number) => this.fields[`lora_${number}`]?.trim() === lora.path);
    if (!row) return button(text("loras.use"), () => this.#put(lora), { "aria-label": text("loras.use_of", { title }) });
    const isOn = this.fields[`lora_${row}_on`] !== false;
    const label = isOn ? text("loras.is_in_use", { title }) : text("loras.is_in_row", { title });
    return button(text(isOn ? "loras.in_use" : "loras.in_row"), null, { disabled: true, "aria-label": label });
  }

  #put(lora) {
    this.filled = fillRows(this.fields, [{ path: lora.path, scale: 1 }]);
    if (!this.filled) return setText(this.status, inFull(tooManyLoras()));
    noteBelow(text("loras.put", { title: titleOf(lora) }));
    this.node.close();
  }
}

function triggers({ trigger_words: found }) {
  if (!found.length) return make("p", { className: "quiet" }, text("loras.no_triggers"));
  const chips = listOf(found, (word) => make("strong", {}, word));
  return make("p", { className: "quiet" }, ...pieces("loras.triggers", { words: chips }, found.length));
}

function facts(lora) {
  const target = { href: lora.page, target: "_blank", rel: "noopener" };
  const label = text("loras.page_of", { title: titleOf(lora) });
  const link = make("a", { ...target, "aria-label": label }, text("loras.page"));
  const licence = make("span", {}, lora.licence === LICENCE_ON_PAGE ? text("loras.licence_on_page") : lora.licence);
  return make("p", { className: "quiet facts" }, make("span", {}, ...pieces("loras.licence", { licence })), link);
}
