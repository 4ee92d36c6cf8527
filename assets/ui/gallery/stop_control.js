/** Stops a picture that is being made. Where it may be charged all the same, the first press only asks. */
import { confirmButton } from "../shared/confirm_button.js";
import { button, make, setText } from "../shared/dom.js";
import { text } from "../shared/texts.js";

export class StopControl {
  /** @param {() => Promise<boolean>} stop resolves to whether the request was accepted */
  constructor(stop) {
    this.stop = stop;
    this.saying = ""; // or "asking", "stopping", "requested" once the service has accepted that, "failed"
    this.words = make("p", { role: "status", tabIndex: -1, hidden: true });
    this.button = confirmButton(() => this.#say("asking"), () => this.#stop(), {
      first: text("gallery.stop"), second: text("gallery.stop_anyway"), asks: () => this.row.is_stop_charged,
    });
    this.keep = button(text("gallery.keep_going"), () => {
      this.#say("");
      this.button.node.focus();
    });
    this.node = make("div", { className: "stop", hidden: true }, this.words, this.button.node, this.keep);
  }

  /** @param {object} row @param {boolean} isOffered whether it can be stopped now */
  update(row, isOffered) {
    this.row = row;
    this.isOffered = isOffered;
    if (row.is_stop_requested) this.saying = "requested";
    else if (!isOffered && ["asking", "failed"].includes(this.saying)) this.saying = "";
    this.#draw();
  }

  #say(saying) {
    this.saying = saying;
    this.#draw();
  }

  async #stop() {
    const hadFocus = this.node.contains(document.activeElement);
    this.#say("stopping");
    if (hadFocus) this.words.focus(); // its button is gone
    const isAccepted = await this.stop().catch(() => false);
    // What costs nothing has stopped at once: its tile says so.
    if (isAccepted && !this.row.is_stop_charged) return;
    const isFocused = document.activeElement === this.words;
    const isRequested = isAccepted || this.row.is_stop_requested;
    this.#say(isRequested ? "requested" : "failed");
    if (isFocused && !isRequested) this.button.node.focus();
  }

  #draw() {
    const isAsking = this.saying === "asking";
    if (!isAsking) this.button.reset();
    this.button.node.disabled = false;
    this.button.node.hidden = !this.isOffered || ["stopping", "requested"].includes(this.saying);
    this.keep.hidden = !isAsking;
    this.node.classList.toggle("asking", isAsking);
    setText(this.words, this.saying && text(`gallery.stopping.${this.saying}`));
    this.node.hidden = this.button.node.hidden && this.words.hidden;
  }
}
