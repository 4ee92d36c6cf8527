/** After signing in: the pictures that this browser made before may be taken along, or left. */
import { setText } from "./dom.js";
import { inFull } from "./messages.js";
import { words } from "./words.js";

const LEFT = "playground-left";

export class Bring {
  /** @param {HTMLElement} panel what assets/html/account.html holds
   * @param {() => Promise<?{taken?: number, refused?: import("./messages.js").Message}>} take */
  constructor(panel, take) {
    this.node = panel.querySelector(".bring");
    this.text = this.node.querySelector("p");
    this.take = this.node.querySelector(".take");
    this.take.onclick = () => this.#bring(take);
    this.node.querySelector(".leave").onclick = () => this.#leave();
  }

  /** Asks, unless this person chose before to leave them. @param {string} user @param {number} count */
  offer(user, count) {
    this.user = user;
    this.node.hidden = !user || !count || user === left();
    setText(this.text, words.toBring(count));
  }

  async #bring(take) {
    this.take.disabled = true;
    const answer = await take();
    this.take.disabled = false;
    if (answer?.refused) setText(this.text, inFull(answer.refused));
  }

  #leave() {
    this.node.hidden = true;
    try {
      localStorage.setItem(LEFT, this.user);
    } catch {
      // Storage is blocked: it is asked again after a reload.
    }
  }
}

function left() {
  try {
    return localStorage.getItem(LEFT);
  } catch {
    return null;
  }
}
