/** Lists of values and their price, which is shown before anything is started. Fetched when first opened. */
import { pricedForm } from "../form/price.js";
import { pressWith } from "../press/guard.js";
import { getVisitor } from "../shared/browser_id.js";
import { button, make, setText } from "../shared/dom.js";
import { inFull } from "../shared/messages.js";
import { sessionKey } from "../shared/session_key.js";
import { loadStyle } from "../shared/stylesheet.js";
import { words } from "./words.js";

const SETTLED_MS = 350; // after the last change
const MOST_CHARACTERS = 2000; // of a list

/** @typedef {{count?: number, price?: ?string, refused?: import("../shared/messages.js").Message}} Plan */

/** Creates the controls. @param {(values: object) => Promise<Plan>} plan @returns {Promise<HTMLElement>} */
export async function controls(plan) {
  await loadStyle(new URL("./view.css", import.meta.url).href);
  const panel = new Panel(plan);
  // Not on "change": that comes with the click on Start, which leaves the box, and would disable the button first.
  panel.node.addEventListener("input", panel.soon);
  addEventListener("playground:form", panel.soon);
  return panel.node;
}

class Panel {
  constructor(requestPlan) {
    this.requestPlan = requestPlan;
    this.axes = words.axes.map((name, place) => new Axis(name, place));
    this.status = make("p", { className: "quiet", role: "status" });
    this.start = button(words.start, () => this.#press(), { className: "start", disabled: true });
    this.node = make("div", { className: "grid-controls" },
      make("p", { className: "quiet" }, words.hint), ...this.axes.map((axis) => axis.node), this.status, this.start);
    this.plan = null; // of the lists as they are, null while they change
    this.timer = 0;
    this.latest = 0; // number of the latest request: earlier answers are dropped
  }

  soon = () => {
    this.plan = null;
    this.start.disabled = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#update(), SETTLED_MS);
  };

  #lists = () => this.axes.map((axis) => axis.value).filter(Boolean);

  #press() {
    if (this.plan) pressWith({ grid: this.#lists(), pictures: this.plan.count });
  }

  async #update() {
    const turn = ++this.latest;
    const axes = this.#lists();
    const { id: visitor } = await getVisitor();
    const values = { visitor, key: sessionKey(), ...pricedForm(), axes };
    const plan = axes.length ? await this.requestPlan(values).catch(() => null) : null;
    if (turn !== this.latest) return;
    this.plan = plan?.count ? plan : null;
    this.start.disabled = !this.plan;
    setText(this.status, inFull(plan?.refused) || (this.plan ? words.planned(this.plan) : ""));
  }
}

class Axis {
  constructor(name, place) {
    this.field = make("select", { "aria-label": words.fieldOf(name) },
      ...(place ? [make("option", { value: "" }, words.nothing)] : []),
      ...words.fields.map(([value, label]) => make("option", { value }, label)));
    this.values = make("input", { type: "text", "aria-label": words.valuesOf(name), maxLength: MOST_CHARACTERS });
    this.node = make("div", { className: "axis" }, make("span", {}, name), this.field, this.values);
    this.field.addEventListener("change", () => this.#draw());
    this.#draw();
  }

  get value() {
    const [field, values] = [this.field.value, this.values.value.trim()];
    return field && values ? { field, values } : null;
  }

  #draw() {
    this.values.disabled = !this.field.value;
    this.values.placeholder = words.examples[this.field.value] ?? "";
  }
}
