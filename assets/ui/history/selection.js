/** Selection of several images, and the buttons for what is done with them. */
import { button, make, setText } from "../shared/dom.js";
import { named } from "../shared/labels.js";
import { text } from "../shared/texts.js";

const MOST = 500; // at once, as in components/ui/routes/archive.py

export class Selection {
  /** @param {(selection: Selection) => {node: HTMLButtonElement, reset?: () => void}[]} partsFor its buttons */
  constructor(partsFor) {
    this.boxes = new Map(); // job id -> its checkbox
    this.count = make("strong", { role: "status" });
    this.status = make("p", { className: "quiet", role: "status", hidden: true });
    this.parts = partsFor(this);
    this.all = button(text("history.all"), () => this.#setAll(true));
    this.clear = button(text("history.clear"), () => this.#setAll(false));
    this.node = make("div", { className: "picks", role: "group", "aria-label": text("history.picked"), hidden: true },
      this.count, ...this.parts.map(({ node }) => node), this.all, this.clear, this.status);
  }

  /** Gives a tile its checkbox. @param {import("../gallery/tile.js").Tile} tile */
  offer({ row, node }) {
    const box = make("input", { type: "checkbox", "aria-label": text("history.pick", { name: named(row) }) });
    box.onchange = () => this.#draw();
    box.onkeydown = ({ key }) => {
      if (key === "Enter") this.parts[0].node.focus(); // many tabs away
    };
    this.boxes.set(row.id, box);
    node.append(make("label", { className: "pick" }, box));
  }

  /** Selects a job, or no more. @param {string} id */
  toggle(id) {
    this.boxes.get(id)?.click();
  }

  /** Drops checkboxes that are not shown any more, and draws the rest. */
  refresh() {
    for (const [id, box] of this.boxes) if (!box.isConnected) this.boxes.delete(id);
    this.#draw();
  }

  /** @returns {string[]} ids of the selected jobs */
  chosen = () => [...this.boxes].filter(([, box]) => box.checked).map(([id]) => id);

  /** Says something below the buttons. @param {string} sentence */
  say = (sentence) => setText(this.status, sentence);

  #setAll(isChecked) {
    for (const box of this.boxes.values()) box.checked = isChecked;
    this.#draw();
  }

  #draw() {
    const { length } = this.chosen();
    const isTooMany = length > MOST;
    for (const { node, reset } of this.parts) {
      reset?.();
      node.disabled = !length || isTooMany;
    }
    this.clear.disabled = !length;
    setText(this.count, text("history.selected", { count: length }));
    this.say(isTooMany ? text("history.too_many", { count: MOST }) : "");
    this.node.hidden = !length;
  }
}
