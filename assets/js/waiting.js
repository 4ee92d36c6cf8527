/** Waiting in another tab: the title says what is under way and what is ready; whoever wishes is told when it is done. */
import { make } from "./dom.js";
import { keep, kept } from "./kept.js";
import { isResting } from "./tile.js";
import { words } from "./words.js";

const KEY = "playground tells when done";

export class Waiting {
  constructor() {
    this.ready = 0; // pictures that came while the tab was hidden
    this.underWay = 0;
    this.title = null; // what stood there before
    this.box = make("input", { type: "checkbox", checked: kept(KEY) === "yes" });
    this.box.onchange = () => this.#wish();
    this.node = make("label", { className: "tell-me" }, this.box, ` ${words.waiting.tell}`);
    document.addEventListener("visibilitychange", () => this.#draw());
  }

  /** @param {object[]} rows all of them */
  see(rows) {
    this.underWay = rows.filter((row) => !isResting(row)).length;
    this.#draw();
  }

  /** @param {object} row a job that has just ended */
  async ended(row) {
    if (document.hidden && row.state === "completed") this.ready += 1;
    this.#draw();
    if (!this.box.checked) return;
    const { tell } = await import("./telling.js");
    tell(row);
  }

  async #wish() {
    keep(KEY, this.box.checked ? "yes" : "no");
    if (!this.box.checked) return;
    const { prepare } = await import("./telling.js");
    await prepare();
  }

  #draw() {
    if (!document.hidden) {
      if (this.title !== null) document.title = this.title;
      this.title = null;
      this.ready = 0;
      return;
    }
    this.title ??= document.title;
    document.title = words.waiting.title(this.title, this.ready, this.underWay);
  }
}
