/** Selection of several images: downloaded as one file, or deleted. */
import { confirmButton } from "../shared/confirm_button.js";
import { address, button, make, setText } from "../shared/dom.js";
import { isRecipeLeftOut } from "../shared/keep.js";
import { named } from "../shared/labels.js";
import { text } from "../shared/texts.js";

const MOST = 500; // at once, as in components/ui/routes/archive.py
const STATUS_MS = 4000; // for which "is being put together" stays once the download has begun

export class Selection {
  /** @param {{pack: (jobs: string[], isClean: boolean) => Promise<?string>,
   *   remove: (jobs: string[]) => Promise<string[]>}} actions */
  constructor(actions) {
    this.actions = actions;
    this.boxes = new Map(); // job id -> its checkbox
    this.count = make("strong", { role: "status" });
    this.status = make("p", { className: "quiet", role: "status", hidden: true });
    this.pack = button(text("history.pack"), () => this.#pack());
    const warn = () => setText(this.status, warning(this.#chosen().length));
    this.removal = confirmButton(warn, () => this.#remove());
    this.all = button(text("history.all"), () => this.#setAll(true));
    this.clear = button(text("history.clear"), () => this.#setAll(false));
    this.node = make("div", { className: "picks", role: "group", "aria-label": text("history.picked"), hidden: true },
      this.count, this.pack, this.removal.node, this.all, this.clear, this.status);
  }

  /** Gives a tile its checkbox. @param {import("../gallery/tile.js").Tile} tile */
  offer({ row, node }) {
    const box = make("input", { type: "checkbox", "aria-label": text("history.pick", { name: named(row) }) });
    box.onchange = () => this.#draw();
    box.onkeydown = ({ key }) => {
      if (key === "Enter") this.pack.focus(); // many tabs away
    };
    this.boxes.set(row.id, box);
    node.append(make("label", { className: "pick" }, box));
  }

  /** Drops checkboxes that are not shown any more, and draws the rest. */
  refresh() {
    for (const [id, box] of this.boxes) if (!box.isConnected) this.boxes.delete(id);
    this.#draw();
  }

  #chosen = () => [...this.boxes].filter(([, box]) => box.checked).map(([id]) => id);

  #setAll(isChecked) {
    for (const box of this.boxes.values()) box.checked = isChecked;
    this.#draw();
  }

  #draw() {
    const { length } = this.#chosen();
    const isTooMany = length > MOST;
    this.removal.reset();
    for (const node of [this.pack, this.removal.node]) node.disabled = !length || isTooMany;
    this.clear.disabled = !length;
    setText(this.count, text("history.selected", { count: length }));
    setText(this.status, isTooMany ? text("history.too_many", { count: MOST }) : "");
    this.node.hidden = !length;
  }

  async #pack() {
    setText(this.status, text("history.packing"));
    const path = await this.actions.pack(this.#chosen(), isRecipeLeftOut()).catch(() => null);
    if (!path) return setText(this.status, text("history.not_packed"));
    // A link and not fetch: the browser writes the file while it comes, up to 500 images, and shows the progress.
    make("a", { href: address(path), download: "" }).click();
    setTimeout(() => setText(this.status, ""), STATUS_MS);
  }

  async #remove() {
    const chosen = this.#chosen();
    const deleted = await this.actions.remove(chosen).catch(() => []);
    this.refresh();
    const left = chosen.length - deleted.length;
    setText(this.status, left ? text("history.not_removed", { count: left }) : "");
  }
}

const warning = (count) =>
  (count === 1 ? text("history.removing") : text("history.removing_several", { count }));
