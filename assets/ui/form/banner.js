/** Banner above Generate: why it cannot make a picture now, and what can be done; Generate is off meanwhile. */
import { openKeyBox } from "../account/account.js";
import { button, make } from "../shared/dom.js";
import { inFull } from "../shared/messages.js";
import { text } from "../shared/texts.js";

const ID = "banner";
/** Refusals of a press that a key of one's own would avoid: it takes a while until the state says them too. */
const OF_HOSTS_KEY = new Set(["host_key_refused", "host_model_forbidden", "host_no_credit"]);

/**
 * @typedef {object} State
 * @property {?import("../shared/messages.js").Message} problem why nothing can be made with the key that pays
 * @property {?import("../shared/messages.js").Message} inTheWay why this form cannot be used
 * @property {?import("../shared/messages.js").Message} refusal why the latest press was refused
 */

export class Banner {
  constructor() {
    this.words = make("p", {});
    this.actions = make("div", { className: "actions" }, button(text("account.use_own_key"), openKeyBox, { className: "minor" }));
    this.node = make("div", { id: ID, role: "status", hidden: true }, this.words, this.actions);
  }

  /** Shows a state; Generate is off with a problem or something in the way. @param {State} state */
  show({ problem, inTheWay, refusal }) {
    const reason = refusal ?? problem ?? inTheWay;
    const sentence = reason ? inFull(reason) : "";
    this.#place();
    if (this.words.textContent !== sentence) this.words.textContent = sentence;
    this.actions.hidden = !problem && !OF_HOSTS_KEY.has(refusal?.code ?? "");
    this.node.hidden = !sentence;
    turn(!problem && !inTheWay);
  }

  #place() {
    if (!this.node.isConnected) document.querySelector("#action")?.append(this.node);
  }
}

/** Turns Generate on or off. It stays focusable, so that its reason is read with its name; guard.js stops presses.
 * @param {boolean} isOn */
function turn(isOn) {
  const generate = document.querySelector("#generate");
  generate?.toggleAttribute("data-off", !isOn);
  if (isOn) {
    generate?.removeAttribute("aria-disabled");
    generate?.removeAttribute("aria-describedby");
  } else {
    generate?.setAttribute("aria-disabled", "true");
    generate?.setAttribute("aria-describedby", ID);
  }
}
