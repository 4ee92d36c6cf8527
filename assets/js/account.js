/** The account panel: who paints and whose key pays, a key of one's own, what signing in changes. */
import { Bring } from "./bring.js";
import { setText, sleep } from "./dom.js";
import { KeyBox } from "./key_box.js";
import { inFull } from "./messages.js";
import { keepOwnKey, ownKey } from "./own_key.js";
import { openVisitor } from "./visitor.js";
import { words } from "./words.js";

const SETTLED = 800; // ms after the last job ended, until the balance is asked for
const AGAIN = 5_000; // ms until a question without an answer is asked again

/**
 * @typedef {object} Standing what `server.standing` gives
 * @property {string} user @property {boolean} can_sign_in @property {?{tail: string, balance: string}} own_key
 * @property {boolean} key_lost @property {?import("./messages.js").Message} obstacle
 * @property {string} paid_by @property {number} to_bring
 */

let panel = null; // Gradio may mount the component again: the panel outlives its element
let boardChanged = () => {};

/** Shows the panel in its gr.HTML component.
 * @param {{element: HTMLElement, server: object, messages: object}} host */
export async function mount(host) {
  const { id } = await openVisitor();
  panel ??= new Account(host.element.querySelector(".account"), id, host.messages);
  panel.server = host.server;
  if (!host.element.contains(panel.node)) host.element.replaceChildren(panel.node);
  panel.ask();
}

/** @param {(whole: boolean) => void} then jobs of this visitor may have moved on, or be others altogether */
export const whenBoardChanges = (then) => (boardChanged = then);

/** The service did not take the key of a job. @param {object} row */
export function keyRefused(row) {
  if (!panel || !ownKey()) return; // another tab's key
  panel.box.refuse(row);
  panel.box.lead();
}

/** The app may hold the key no more. @param {{lead?: boolean}} [how] lead: to the box, when that is so */
export const askAgain = (how) => panel?.ask(how);

/** A job is over: with a key of one's own the balance is another, or the key is gone. */
export function jobEnded() {
  if (!panel || !ownKey()) return;
  clearTimeout(panel.soon);
  panel.soon = setTimeout(() => panel.ask(), SETTLED);
}

class Account {
  constructor(node, visitor, messages) {
    Object.assign(this, { node, visitor, messages });
    this.line = node.querySelector(".who");
    this.payer = node.querySelector(".payer");
    this.obstacle = node.querySelector(".obstacle");
    this.forget = node.querySelector(".forget");
    this.forget.onclick = () => this.#forget();
    this.box = new KeyBox(node, (text) => this.#use(text));
    this.bring = new Bring(node, () => this.#takeAlong());
    this.asked = 0;
    if (ownKey()) this.#keepPlace(words.askingKey);
  }

  /** Asks where the person stands; only the newest question counts. @param {{lead?: boolean}} [how] */
  async ask({ lead = false } = {}) {
    const number = ++this.asked;
    this.leads ||= lead; // a later question may overtake this one
    const standing = await this.server.standing({ visitor: this.visitor, key: ownKey() }).catch(() => undefined);
    if (number !== this.asked) return;
    if (!standing) return void sleep(AGAIN).then(() => number === this.asked && this.ask());
    this.#show(standing);
    if (this.leads && standing.key_lost) this.box.lead();
    this.leads = false;
  }

  /** Puts a short text where longer ones were and will be, without moving the page. */
  #keepPlace(text) {
    this.line.style.minHeight = `${this.line.offsetHeight}px`;
    setText(this.payer, text);
  }

  /** @param {Standing} standing */
  #show(standing) {
    const { own_key: own, key_lost: isLost, obstacle } = this.standing = standing;
    this.node.classList.remove("unsure");
    this.line.style.minHeight = "";
    this.obstacle.textContent = obstacle && !isLost ? inFull(obstacle) : "";
    const paidBy = isLost || obstacle ? "" : standing.paid_by;
    const payer = own ? words.ownKey(own) : paidBy;
    setText(this.payer, [payer, standing.user && words.signedIn(standing.user)].filter(Boolean).join(" "));
    this.forget.hidden = !own && !isLost;
    this.box.switch.hidden = Boolean(own);
    if (isLost && !this.box.isRefused) this.box.refuse(this.messages.key_away);
    if (obstacle && (standing.user || !standing.can_sign_in)) this.box.show(true);
    this.bring.offer(standing.user, standing.to_bring);
  }

  async #use(text) {
    this.box.wait(words.checkingKey);
    const answer = await this.server.use_key({ visitor: this.visitor, text }).catch(() => undefined);
    if (!answer?.token) return this.box.refuse(answer?.refused ?? this.messages.key_not_checked);
    const old = ownKey();
    keepOwnKey(answer.token);
    if (old) this.server.forget_key({ key: old });
    this.box.show(false);
    this.#show({ ...this.standing, own_key: answer.own_key, key_lost: false, obstacle: null });
    this.payer.focus(); // it says the outcome; on a button a held Enter would press it
    boardChanged(false);
    this.ask();
  }

  async #forget() {
    const answer = await this.server.forget_key({ key: ownKey() }).catch(() => undefined);
    if (!answer) return this.box.refuse(this.messages.key_not_forgotten);
    keepOwnKey("");
    this.box.show(false);
    boardChanged(false);
    await this.ask();
    this.box.switch.focus();
  }

  async #takeAlong() {
    const answer = await this.server.take_along({ visitor: this.visitor }).catch(() => undefined);
    if (answer?.taken != null) {
      boardChanged(true);
      this.ask();
    }
    return answer;
  }
}
