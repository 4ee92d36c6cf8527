/** Lists of values and their price, which is shown before anything is started. Fetched when first opened. */
import { pricedForm } from "../form/price.js";
import { pressWith } from "../press/guard.js";
import { getVisitor } from "../shared/browser_id.js";
import { button, make, setText } from "../shared/dom.js";
import { fieldOf, fields } from "../shared/fields.js";
import { fieldName } from "../shared/labels.js";
import { inFull } from "../shared/messages.js";
import { sessionKey } from "../shared/session_key.js";
import { loadStyle } from "../shared/stylesheet.js";
import { text } from "../shared/texts.js";
import { plan, planText } from "./plan.js";

const SETTLED_MS = 350; // after the last change
const MOST_CHARACTERS = 2000; // of a list
const AXES = ["across", "down"];
/** Settings that are no fields of a request, with values in the notation of the lists; prompts are English in any
 * language. */
const OTHERS = {
  lora_1_scale: { key: "grid.lora_1_scale", example: "0-1 [5]" },
  words: { key: "grid.words", example: "red, blue, green" },
};

/** Creates the controls. @returns {Promise<HTMLElement>} */
export async function controls() {
  await loadStyle(new URL("./view.css", import.meta.url).href);
  const panel = new Panel();
  // Not on "change": that comes with the click on Start, which leaves the box, and would disable the button first.
  panel.node.addEventListener("input", panel.soon);
  addEventListener("playground:form", panel.soon);
  return panel.node;
}

class Panel {
  constructor() {
    this.axes = AXES.map((name, place) => new Axis(name, place));
    this.status = make("p", { className: "quiet", role: "status" });
    this.start = button(text("grid.start"), () => this.#press(), { className: "start", disabled: true });
    this.node = make("div", { className: "grid-controls" },
      make("p", { className: "quiet" }, text("grid.hint")), ...this.axes.map((axis) => axis.node), this.status, this.start);
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
    const { count: pictures, columns } = this.plan ?? {};
    if (this.plan) pressWith({ grid: this.#lists(), pictures, columns });
  }

  async #update() {
    const turn = ++this.latest;
    const axes = this.#lists();
    const { id: visitor } = await getVisitor();
    const values = { visitor, key: sessionKey(), ...pricedForm(), axes };
    const found = axes.length ? await plan(values).catch(() => null) : null;
    if (turn !== this.latest) return;
    this.plan = found?.count ? found : null;
    this.start.disabled = !this.plan;
    setText(this.status, inFull(found?.refused) || planText(this.plan));
  }
}

const axisNames = () => [...fields().filter(({ inGrid }) => inGrid).map(({ name }) => name), ...Object.keys(OTHERS)];
const exampleOf = (axis) => OTHERS[axis]?.example ?? fieldOf(axis)?.gridExample;
const labelOf = (axis) => (axis in OTHERS ? text(OTHERS[axis].key) : fieldName(axis));

class Axis {
  constructor(name, place) {
    this.field = make("select", { "aria-label": text(`grid.${name}.field`) },
      ...(place ? [make("option", { value: "" }, text("grid.nothing"))] : []),
      ...axisNames().map((value) => make("option", { value }, labelOf(value))));
    this.values = make("input", { type: "text", "aria-label": text(`grid.${name}.values`), maxLength: MOST_CHARACTERS });
    this.node = make("div", { className: "axis" }, make("span", {}, text(`grid.${name}.title`)), this.field, this.values);
    this.field.addEventListener("change", () => this.#draw());
    this.#draw();
  }

  get value() {
    const [field, values] = [this.field.value, this.values.value.trim()];
    return field && values ? { field, values } : null;
  }

  #draw() {
    this.values.disabled = !this.field.value;
    const values = exampleOf(this.field.value);
    this.values.placeholder = values ? text("grid.such_as", { values }) : "";
  }
}
