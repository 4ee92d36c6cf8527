/** Account panel: whose API key pays, an own key, and what signing in changes. */
import { getVisitor } from "../shared/browser_id.js";
import { setText, sleep } from "../shared/dom.js";
import { setPractice } from "../shared/painter.js";
import { sessionKey, setSessionKey } from "../shared/session_key.js";
import { fillTexts } from "../shared/template.js";
import { shown, text } from "../shared/texts.js";
import { KeyBox } from "./key_box.js";
import { showBlockedReturn } from "./sign_in.js";

const SETTLED_MS = 800; // after the last job has ended, until the balance is requested
const RETRY_MS = 5_000;

/**
 * @typedef {object} AccountStatus what `server.account_status` returns
 * @property {string} user @property {boolean} can_sign_in @property {?{masked: string, balance: ?number}} own_key
 * @property {boolean} key_lost @property {?import("../shared/messages.js").Message} obstacle
 * @property {import("../shared/texts.js").Param} paid_by @property {number} to_bring
 * @property {boolean} is_practice the demo painter draws for this tab
 */

let panel = null; // Gradio may mount the component again: the panel outlives its element
let feedChanged = () => {};

/** Shows the panel in its gr.HTML component.
 * @param {{element: HTMLElement, server: object, messages: object}} host */
export async function mount(host) {
  const { id } = await getVisitor();
  panel ??= new AccountPanel(host.element.querySelector(".account"), id, host.messages);
  panel.server = host.server;
  if (!host.element.contains(panel.node)) host.element.replaceChildren(panel.node);
  panel.update();
}

/** Sets what follows when jobs of this visitor may have changed.
 * @param {(isReplaced: boolean) => void} then `isReplaced`: the visitor may see other jobs now */
export const onFeedChange = (then) => (feedChanged = then);

/** Shows that the API rejected the key of a job. @param {object} row */
export function keyRejected(row) {
  if (!panel || !sessionKey()) return; // it was another tab's key
  panel.box.refuse(row);
  panel.box.bringIntoView();
}

/** Requests the status again: the server may have forgotten the key.
 * @param {{isLeading?: boolean}} [options] `isLeading`: go to the key's box where it has */
export const updateAccount = (options) => panel?.update(options);

/** Opens the box for a key, with the focus in it. */
export const openKeyBox = () => panel?.box.bringIntoView();

/** Shows whose key pays, or not while it pays for nothing. @param {boolean} isShown */
export const showPayer = (isShown) => panel?.payer.classList.toggle("void", !isShown);

/** Updates the balance of an own key once jobs have ended. */
export function jobEnded() {
  if (!panel || !sessionKey()) return;
  clearTimeout(panel.timer);
  panel.timer = setTimeout(() => panel.update(), SETTLED_MS);
}

function ownKeyText({ model, masked, balance }) {
  const payer = text("account.own_key", { model, masked });
  return balance != null ? `${payer} ${text("account.balance_left", { balance })}` : payer;
}

class AccountPanel {
  constructor(node, visitor, messages) {
    fillTexts(node);
    Object.assign(this, { node, visitor, messages });
    this.line = node.querySelector(".who");
    this.payer = node.querySelector(".payer");
    this.forget = node.querySelector(".forget");
    this.forget.onclick = () => this.#forgetKey();
    this.box = new KeyBox(node, (typed) => this.#useKey(typed));
    this.latest = 0; // number of the latest request: earlier answers are dropped
    const repository = node.querySelector(".repository"); // Hugging Face's own frame has a link to it
    repository.hidden = !repository.getAttribute("href") || window.top !== window;
    showBlockedReturn(node.querySelector(".blocked"));
    if (sessionKey()) this.#showPlaceholder(text("account.loading_key"));
  }

  /** Requests the status and shows it. @param {{isLeading?: boolean}} [options] */
  async update({ isLeading = false } = {}) {
    const number = ++this.latest;
    this.isLeading ||= isLeading; // a later request may overtake this one
    const request = { visitor: this.visitor, key: sessionKey() };
    const status = await this.server.account_status(request).catch(() => undefined);
    if (number !== this.latest) return;
    if (!status) return void sleep(RETRY_MS).then(() => number === this.latest && this.update());
    this.#show(status);
    if (this.isLeading && status.key_lost) this.box.bringIntoView();
    this.isLeading = false;
  }

  /** Shows a short text in the height of the one before, so that the page does not move. */
  #showPlaceholder(sentence) {
    this.line.style.minHeight = `${this.line.offsetHeight}px`;
    setText(this.payer, sentence);
  }

  /** @param {AccountStatus} status */
  #show(status) {
    const { own_key: own, key_lost: isLost, obstacle, user, is_practice: isPractice } = this.status = status;
    document.getElementById("head").dataset.signedIn = user ? "yes" : "no";
    this.node.classList.remove("unsure");
    this.line.style.minHeight = "";
    const paidBy = isLost || obstacle ? "" : shown(status.paid_by);
    const payer = own ? ownKeyText(own) : paidBy;
    setText(this.payer, [payer, user && text("account.signed_in", { user })].filter(Boolean).join(" "));
    this.forget.hidden = !own && !isLost;
    setPractice(isPractice);
    this.node.dataset.practice = isPractice ? "yes" : "no";
    setText(this.box.switch, text(isPractice ? "account.make_it_real" : "account.use_own_key"));
    const isForced = Boolean(obstacle && (user || !status.can_sign_in));
    this.box.switch.hidden = Boolean(own) || isForced;
    if (isLost && !this.box.isRefused) this.box.refuse(this.messages.key_away);
    if (isForced) this.box.show(true);
    this.#offerTakeAlong(status);
  }

  async #useKey(typed) {
    this.box.wait(text("account.checking_key"));
    const answer = await this.server.use_key({ visitor: this.visitor, text: typed }).catch(() => undefined);
    if (!answer?.token) return this.box.refuse(answer?.refused ?? this.messages.key_not_checked);
    const old = sessionKey();
    setSessionKey(answer.token);
    // After the new token is stored: a press in between has one of the two, never none.
    if (old) this.server.forget_key({ key: old });
    this.box.show(false);
    this.box.empty();
    this.#show({ ...this.status, own_key: answer.own_key, key_lost: false, obstacle: null, is_practice: false });
    this.payer.focus(); // a held Enter would press a button that got the focus
    feedChanged(false);
    this.update();
  }

  async #forgetKey() {
    const answer = await this.server.forget_key({ key: sessionKey() }).catch(() => undefined);
    if (!answer) return this.box.refuse(this.messages.key_not_forgotten);
    setSessionKey("");
    this.box.show(false);
    feedChanged(false);
    await this.update();
    this.box.switch.focus();
  }

  /** Offers images from before the sign-in. Few visits have any, so that the offer is fetched when needed. */
  async #offerTakeAlong({ user, to_bring: count }) {
    if (!this.takeAlong && !(user && count)) return;
    const { TakeAlong } = await import("./take_along.js");
    this.takeAlong ??= new TakeAlong(this.node, () => this.#takeAlong());
    this.takeAlong.offer(user, count);
  }

  async #takeAlong() {
    const answer = await this.server.take_along({ visitor: this.visitor }).catch(() => undefined);
    if (answer?.taken != null) {
      feedChanged(true);
      this.update();
    }
    return answer;
  }
}
