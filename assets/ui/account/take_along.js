/** Offer after signing in: images that this browser made before can be transferred to the account, or left. */
import { setText } from "../shared/dom.js";
import { inFull } from "../shared/messages.js";
import { text } from "../shared/texts.js";

const STORAGE_KEY = "playground-left"; // the user who chose to leave them

export class TakeAlong {
  /** @param {HTMLElement} panel as in assets/ui/account/panel.html
   * @param {() => Promise<?{taken?: number, refused?: import("../shared/messages.js").Message}>} transfer */
  constructor(panel, transfer) {
    this.node = panel.querySelector(".bring");
    this.text = this.node.querySelector("p");
    this.button = this.node.querySelector(".take");
    this.button.onclick = () => this.#transfer(transfer);
    this.node.querySelector(".leave").onclick = () => this.#leave();
  }

  /** Shows the offer, unless this user chose to leave the images. @param {string} user @param {number} count */
  offer(user, count) {
    this.user = user;
    this.node.hidden = !user || !count || user === leftBy();
    setText(this.text, text("account.transferable", { count }));
  }

  async #transfer(transfer) {
    this.button.disabled = true;
    const answer = await transfer();
    this.button.disabled = false;
    if (answer?.refused) setText(this.text, inFull(answer.refused));
  }

  #leave() {
    this.node.hidden = true;
    try {
      localStorage.setItem(STORAGE_KEY, this.user);
    } catch {
      // Storage is blocked: the offer comes again after a reload.
    }
  }
}

function leftBy() {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}
