/** Price of the form and what is unavailable, requested from the server while the form changes. Nothing is spent. */
import { showPayer } from "../account/account.js";
import { isRowShown, ROWS } from "../loras/rows.js";
import { spentOn } from "../shared/bill.js";
import { elementId, make, numberInput, setText } from "../shared/dom.js";
import { fields } from "../shared/fields.js";
import { onFormChange } from "../shared/form_changes.js";
import { dollars } from "../shared/formats.js";
import { inFull } from "../shared/messages.js";
import { afterLabel } from "../shared/price_label.js";
import { sessionKey } from "../shared/session_key.js";
import { text } from "../shared/texts.js";
import { setMaskOff, setSourceImageOff, sourceImageState } from "../source_image/panel.js";
import { Banner } from "./banner.js";

const SETTLED_MS = 350; // after the last change
const SOON_MS = 10_000; // until the next look while something is wrong
const LATER_MS = 60_000; // and while all is well
const CLOCK_SKEW = 5; // seconds by which the server's clock may be behind the browser's
const VISIT_KEY = "playground-visit";
/** Parts of Gradio's components that can be unavailable: where the reason stands, what is turned off, and whether the
 * part is in use. A part in use stays open, so that it can be removed. */
const PARTS = {
  loras: ["#fold-loras .fold-head", ".lora-row, #add-lora, #choose-lora, #tool-lora", ({ loras }) => loras > 0],
  refiner: ["#field-refine", "#field-refine", ({ refine }) => refine !== "no_refiner"],
  sampling: ["#field-num-inference-steps", "#field-guidance-scale, #field-num-inference-steps", () => false],
  preset: ["#field-preset", "#field-preset", ({ preset }) => preset === "fast"],
  sampler: ["#field-sampler", "#field-sampler", ({ preset }) => preset !== "fast" && Boolean(checked("sampler"))],
  negative_prompt: ["#field-negative-prompt", "#field-negative-prompt", ({ has_negative: isUsed }) => isUsed],
};

const number = (name) => {
  const value = numberInput(name)?.value;
  return value ? Number(value) : null;
};
const checked = (name) => document.querySelector(`#${elementId(name)} input:checked`)?.value;
const pricedNumbers = () => Object.fromEntries(fields()
  .filter(({ affectsPrice, isNumber }) => affectsPrice && isNumber).map(({ name }) => [name, number(name)]));
const isRowUsed = (row) => {
  const path = document.querySelector(`#field-lora-${row} :is(textarea, input)`);
  const use = document.querySelector(`#field-lora-${row}-on input`);
  return Boolean(isRowShown(row) && path?.value.trim() && use?.checked !== false);
};

/** Values of the form on which its price and what is unavailable depend. */
export function pricedForm() {
  return {
    ...pricedNumbers(),
    pictures: Number(checked("pictures") ?? 1), loras: ROWS.filter(isRowUsed).length,
    has_negative: Boolean(document.querySelector("#field-negative-prompt textarea")?.value.trim()),
    refine: checked("refine") ?? "no_refiner", preset: checked("preset"),
    ...sourceImageState(),
  };
}

/** Price behind the label of a button, for a person who pays. */
function priceOf({ free: isNeverCharged, is_payer: isPayer, problem, in_the_way: inTheWay, ...estimate }) {
  if (isNeverCharged || !isPayer || problem || inTheWay) return "";
  const { price, pictures: count, costs_nothing: isFree } = estimate;
  if (isFree) return text("form.price_free");
  if (price === null) return text("form.price_unknown");
  return count > 1 ? text("form.price_of", { count, price }) : dollars(price);
}

/** What a press costs a person who does not pay: nothing, as often as the host's limits say. */
function allowanceText({ free: isNeverCharged, is_payer: isPayer, problem, left, is_hourly: isHourly }) {
  if (isNeverCharged || isPayer || problem) return "";
  if (left == null) return text("form.free_for_you");
  return isHourly ? text("form.free_this_hour", { left }) : text("form.free_left", { left });
}

/** Keeps the price on the Generate button up to date.
 * @param {{visitor: string, estimate: (values: object) => Promise<?object>}} host @returns {PriceWatch} */
export function watchPrice(host) {
  const watch = new PriceWatch(host);
  watch.soon();
  return watch;
}

class PriceWatch {
  constructor(host) {
    this.host = host;
    this.price = make("span", { className: "price" });
    this.comparison = make("span", { className: "price" });
    this.banner = new Banner();
    this.spent = make("p", { className: "spent" });
    this.answer = null; // the estimate that is shown
    this.obstacles = { problem: null, inTheWay: null }; // what the latest answer says is wrong
    this.refusal = null; // why the latest press was refused, until the next look
    this.visit = ""; // what this tab's visit has spent
    this.since = visitStart();
    this.answered = ""; // the values of the estimate that is shown, as JSON
    this.isFree = false; // whether a press is known to cost nothing
    this.soon = onFormChange(() => this.#request(), SETTLED_MS);
    this.latest = 0; // number of the latest request: earlier answers are dropped
    document.addEventListener("visibilitychange", () => this.#look());
  }

  /** Requests an estimate although the form is the same. */
  refresh() {
    this.answered = "";
    this.soon();
  }

  /** Shows why a press was refused, until the next look finds another reason or none.
   * @param {import("../shared/messages.js").Message} message */
  refuse(message) {
    this.refusal = message;
    this.#showBanner();
    this.refresh();
  }

  /** No longer shows why the press before this one was refused. */
  forgetRefusal() {
    this.refusal = null;
    this.#showBanner();
  }

  /** Looks again without a change of the form: a limit, a key or a service may work again, or no longer. */
  #look() {
    clearTimeout(this.look);
    if (document.hidden || this.answer?.free) return;
    this.refusal = null;
    this.refresh();
  }

  /** Shows what this tab's visit has spent. @param {object[]} rows */
  showSpending(rows) {
    const jobs = rows.map(({ id, ended }) => `${id} ${Boolean(ended)}`).join();
    if (this.jobs !== undefined && jobs !== this.jobs && this.answer?.left != null) this.refresh();
    this.jobs = jobs;
    const costs = rows.filter(({ created }) => created >= this.since).map(spentOn).filter(Boolean);
    const sum = costs.reduce((total, cost) => total + cost, 0);
    this.visit = sum ? text("form.visit", { dollars: sum / 1e6, count: costs.length }) : "";
    this.#showLine();
  }

  async #request() {
    const values = { visitor: this.host.visitor, key: sessionKey(), ...pricedForm() };
    const request = JSON.stringify(values);
    if (request === this.answered) return;
    const turn = ++this.latest;
    const answer = await this.host.estimate(values).catch(() => undefined);
    if (turn !== this.latest) return;
    clearTimeout(this.look);
    const isWrong = Boolean(answer === undefined || this.refusal || answer?.problem);
    this.look = setTimeout(() => this.#look(), isWrong ? SOON_MS : LATER_MS);
    if (answer === undefined) return;
    // Stored only with an answer: after a failure the next change sends the same values again.
    this.answered = request;
    this.#show(answer);
  }

  /** @param {?object} answer null while the form holds no valid request */
  #show(answer) {
    this.#place();
    this.answer = answer ?? this.answer;
    this.price.replaceChildren(...afterLabel(answer ? priceOf(answer) : ""));
    this.obstacles = { problem: answer?.problem ?? null, inTheWay: answer?.in_the_way ?? null };
    showPayer(!this.obstacles.problem);
    this.#showBanner();
    this.#showLine();
    if (!answer) return;
    this.isFree = answer.free || answer.costs_nothing;
    document.documentElement.toggleAttribute("data-payer", Boolean(answer.is_payer && !answer.free));
    const reason = (part) => (answer.off[part] ? inFull(answer.off[part]) : "");
    this.#offerComparison(answer);
    setSourceImageOff(reason("picture"));
    setMaskOff(reason("mask"));
    const values = pricedForm();
    for (const [part, places] of Object.entries(PARTS)) setPartOff(part, places, reason(part), values);
  }

  #showBanner() {
    this.banner.show({ ...this.obstacles, refusal: this.refusal });
  }

  #place() {
    const generate = document.querySelector("#generate");
    if (!generate || this.price.isConnected) return;
    generate.append(this.price);
    document.querySelector("#action").append(this.spent);
  }

  /** The line below Generate; its room is there from the start, see price.css. */
  #showLine() {
    this.spent.textContent = this.answer ? allowanceText(this.answer) || this.visit : "";
  }

  /** Offers "Compare with and without" once there is a LoRA. */
  #offerComparison(answer) {
    const compare = document.querySelector("#compare-loras");
    if (!compare) return;
    compare.toggleAttribute("data-offered", pricedForm().loras > 0);
    this.comparison.replaceChildren(...afterLabel(priceOf({ ...answer, price: answer.comparison, pictures: 2 })));
    if (!this.comparison.isConnected) compare.append(this.comparison);
  }
}

/** Start of this tab's visit, unix seconds; a reload does not change it. */
function visitStart() {
  const now = Date.now() / 1000;
  try {
    const start = Number(sessionStorage.getItem(VISIT_KEY)) || now;
    sessionStorage.setItem(VISIT_KEY, start);
    return start - CLOCK_SKEW;
  } catch {
    return now - CLOCK_SKEW;
  }
}

function setPartOff(part, [after, targets, isUsed], reason, values) {
  const id = `off-${part}`;
  let note = document.getElementById(id);
  if (!note && !reason) return;
  note ??= make("p", { id, className: "part-off", role: "status" });
  if (!note.isConnected) document.querySelector(after)?.after(note);
  setText(note, reason);
  for (const node of document.querySelectorAll(targets)) {
    node.classList.toggle("is-off", Boolean(reason));
    node.inert = Boolean(reason) && !isUsed(values);
  }
}
