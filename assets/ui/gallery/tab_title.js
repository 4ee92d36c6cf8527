/** Progress in the title of a hidden tab, and the checkbox for a notification when a job has ended. */
import { make } from "../shared/dom.js";
import { list } from "../shared/formats.js";
import { store, stored } from "../shared/storage.js";
import { text } from "../shared/texts.js";
import { isResting } from "./tile.js";

const STORAGE_KEY = "playground tells when done";

export class TabTitle {
  constructor() {
    this.ready = 0; // images that came while the tab was hidden
    this.unfinished = 0;
    this.title = null; // the page's own, while progress stands in its place
    this.box = make("input", { type: "checkbox", checked: stored(STORAGE_KEY) === "yes" });
    this.box.onchange = () => this.#saveChoice();
    this.node = make("label", { className: "tell-me" }, this.box, ` ${text("gallery.notify")}`);
    document.addEventListener("visibilitychange", () => this.#draw());
    this.#offer();
  }

  /** @param {object[]} rows all rows of the gallery */
  update(rows) {
    this.unfinished = rows.filter((row) => !isResting(row)).length;
    this.#offer();
    this.#draw();
  }

  /** Offers a notification while there is something to wait for; one that is on can be switched off at any time.
   * Its place is kept. */
  #offer() {
    const isNeeded = this.unfinished || this.box.checked || this.box === document.activeElement;
    this.node.classList.toggle("idle", !isNeeded);
  }

  /** @param {object} row a job that has just ended */
  async jobEnded(row) {
    if (document.hidden && row.state === "completed") this.ready += 1;
    this.#draw();
    if (!this.box.checked) return;
    const { notify } = await import("./notify.js");
    notify(row);
  }

  async #saveChoice() {
    store(STORAGE_KEY, this.box.checked ? "yes" : "no");
    if (!this.box.checked) return;
    const { requestPermission } = await import("./notify.js");
    await requestPermission();
  }

  #draw() {
    if (!document.hidden) {
      if (this.title !== null) document.title = this.title;
      this.title = null;
      this.ready = 0;
      return;
    }
    this.title ??= document.title;
    document.title = this.#withProgress(this.title);
  }
  #withProgress(title) {
    const { ready, unfinished } = this;
    const parts = [
      ready && text("gallery.tab_ready", { count: ready }),
      unfinished && text("gallery.tab_unfinished", { count: unfinished }),
    ].filter(Boolean);
    return parts.length ? text("gallery.tab_title", { progress: list(parts), title }) : title;
  }
}
