/** Dismisses a job that failed, which deletes it. Where it was charged, the first press only says so. */
import { button, make, setText } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { text } from "../shared/texts.js";

const CHARGED = ["maybe", "spent"];

export class DismissControl {
  /** @param {() => object} row @param {(row: object) => Promise<boolean>} remove resolves to whether it is deleted */
  constructor(row, remove) {
    Object.assign(this, { row, remove });
    this.words = make("p", { className: "asked", role: "status", hidden: true });
    this.cross = button("", () => this.#press(), { className: "icon-button cross", "aria-label": text("shared.dismiss"), title: text("shared.dismiss") });
    this.cross.append(icon("close"));
    this.anyway = button(text("gallery.dismiss_anyway"), () => this.#dismiss(), { className: "minor", hidden: true });
    this.nodes = [this.words, this.anyway, this.cross];
  }

  #press() {
    if (!isCharged(this.row())) return this.#dismiss();
    setText(this.words, text("gallery.dismissing"));
    this.anyway.hidden = false;
    this.anyway.focus();
  }

  async #dismiss() {
    const isDone = await this.remove(this.row()).catch(() => false);
    if (!isDone) setText(this.words, text("gallery.not_dismissed"));
  }
}

const isCharged = ({ bill, message }) => bill?.micros > 0 || CHARGED.includes(message?.charge);
