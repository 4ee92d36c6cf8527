/** Several pictures at once: chosen, downloaded as one file, deleted. */
import { address, button, make, setText } from "./dom.js";
import { isLeftOut } from "./downloads.js";
import { words } from "./history_words.js";
import { remover } from "./remover.js";
import { named } from "./words.js";

const MOST = 500;

export class Picks {
  /** @param {{pack: (jobs: string[], clean: boolean) => Promise<?string>, remove: (jobs: string[]) => Promise<string[]>}} acts */
  constructor(acts) {
    this.acts = acts;
    this.boxes = new Map(); // job id -> its checkbox
    this.count = make("strong", { role: "status" });
    this.told = make("p", { className: "quiet", role: "status", hidden: true });
    this.pack = button(words.pack, () => this.#pack());
    this.removes = remover(words, () => setText(this.told, words.removing(this.#chosen().length)), () => this.#remove());
    this.all = button(words.all, () => this.#set(true));
    this.clear = button(words.clear, () => this.#set(false));
    this.node = make("div", { className: "picks", role: "group", "aria-label": words.picked, hidden: true },
      this.count, this.pack, this.removes.node, this.all, this.clear, this.told);
  }

  /** Gives a tile its checkbox. @param {import("./tile.js").Tile} tile */
  offer({ row, node }) {
    const box = make("input", { type: "checkbox", "aria-label": words.pick(named(row)) });
    box.onchange = () => this.#draw();
    box.onkeydown = ({ key }) => {
      if (key === "Enter") this.pack.focus(); // by Tab it is a long way back
    };
    this.boxes.set(row.id, box);
    node.append(make("label", { className: "pick" }, box));
  }

  /** Forgets what is not shown any more, and draws what is left. */
  refresh() {
    for (const [id, box] of this.boxes) if (!box.isConnected) this.boxes.delete(id);
    this.#draw();
  }

  #chosen = () => [...this.boxes].filter(([, box]) => box.checked).map(([id]) => id);

  #set(isChecked) {
    for (const box of this.boxes.values()) box.checked = isChecked;
    this.#draw();
  }

  #draw() {
    const { length } = this.#chosen();
    const isTooMany = length > MOST;
    this.removes.calm();
    for (const one of [this.pack, this.removes.node]) one.disabled = !length || isTooMany;
    this.clear.disabled = !length;
    setText(this.count, words.selected(length));
    setText(this.told, isTooMany ? words.tooMany(MOST) : "");
    this.node.hidden = !length;
  }

  async #pack() {
    setText(this.told, words.packing);
    const path = await this.acts.pack(this.#chosen(), isLeftOut()).catch(() => null);
    if (!path) return setText(this.told, words.notPacked);
    make("a", { href: address(path), download: "" }).click();
    setTimeout(() => setText(this.told, ""), 4000);
  }

  async #remove() {
    const chosen = this.#chosen();
    const gone = await this.acts.remove(chosen).catch(() => []);
    this.refresh();
    const left = chosen.length - gone.length;
    setText(this.told, left ? words.notRemoved(left) : "");
  }
}
