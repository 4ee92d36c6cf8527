/** The lists of values and what they cost, told before anything starts. Fetched when it is first opened. */
import { button, make, setText } from "./dom.js";
import { say } from "./grid_words.js";
import { form } from "./offers.js";
import { ownKey } from "./own_key.js";
import { pressWith } from "./presses.js";
import { loadStyle } from "./style_sheet.js";
import { openVisitor } from "./visitor.js";

const SETTLED = 350; // ms after the last change

/** Builds the controls. @param {(ask: object) => Promise<{count?: number, price?: string, refused?: string}>} plan
 * @returns {Promise<HTMLElement>} */
export async function controls(plan) {
  await loadStyle(new URL("./grid.css", import.meta.url).href);
  const axes = say.axes.map((name, at) => new Axis(name, at));
  const told = make("p", { className: "quiet", role: "status" });
  const start = button(say.start, () => begin(), { className: "start", disabled: true });
  let planned = null;
  let waiting = 0;
  let latest = 0;

  const begin = () => planned && pressWith({ grid: asked(), pictures: planned.count });
  const asked = () => axes.map((axis) => axis.value).filter(Boolean);

  const renew = async () => {
    const turn = ++latest;
    const lists = asked();
    const { id: visitor } = await openVisitor();
    const found = lists.length ? await plan({ visitor, key: ownKey(), ...form(), axes: lists }).catch(() => null) : null;
    if (turn !== latest) return;
    planned = found?.count ? found : null;
    start.disabled = !planned;
    setText(told, found?.refused ?? (planned ? say.planned(planned) : ""));
  };
  const soon = () => {
    planned = null; // what was told does not hold any more
    start.disabled = true;
    clearTimeout(waiting);
    waiting = setTimeout(renew, SETTLED);
  };
  const node = make("div", { className: "grid-controls" },
    make("p", { className: "quiet" }, say.hint), ...axes.map((axis) => axis.node), told, start);
  node.addEventListener("input", soon); // not "change": that comes with the click that leaves the box, and would undo it
  addEventListener("playground:form", soon);
  return node;
}

class Axis {
  constructor(name, at) {
    this.field = make("select", { "aria-label": say.fieldOf(name) },
      ...(at ? [make("option", { value: "" }, say.nothing)] : []),
      ...say.fields.map(([value, label]) => make("option", { value }, label)));
    this.values = make("input", { type: "text", "aria-label": say.valuesOf(name), maxLength: 2000 });
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
    this.values.placeholder = say.examples[this.field.value] ?? "";
  }
}
