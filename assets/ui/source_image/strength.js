/** Strength of a source image's change: named steps, the exact number, and what it does in each mode. */
import { make, setText } from "../shared/dom.js";
import { fieldOf } from "../shared/fields.js";
import { fixed } from "../shared/formats.js";
import { fieldName } from "../shared/labels.js";
import { forgive } from "../shared/number_box.js";
import { text } from "../shared/texts.js";
import { MODES } from "./modes.js";

const FIELD = "prompt_strength";
const STEPS = { touch_up: 0.35, restyle: 0.55, reimagine: 0.8 };
/** Codes of what a strength does in a mode, each with the largest strength that does it. */
const MEANINGS = {
  restyle: [[0.2, "least"], [0.4, "small"], [0.65, "look"], [0.85, "layout"], [0.999, "hint"], [1, "all"]],
  part: [[0.4, "part_small"], [0.65, "part_look"], [1, "part_new"]],
  extend: [[0.65, "extend_edges"], [1, "extend_new"]],
};

export class Strength {
  /** @param {(value: number) => void} onChange gets the visitor's choice */
  constructor(onChange) {
    Object.assign(this, { onChange, mode: "restyle", value: 0 });
    this.meaning = make("p", { className: "quiet" });
    this.steps = make("fieldset", { className: "steps" }, make("legend", {}, text("source_image.strength")), ...this.#choices());
    this.exact = this.#exact();
  }

  /** @param {import("./modes.js").Mode} mode @param {number} value */
  draw(mode, value) {
    this.mode = mode;
    this.steps.hidden = !MEANINGS[mode] || mode === "extend";
    this.exact.hidden = !MEANINGS[mode];
    this.#show(value);
  }

  #choices() {
    this.choices = Object.entries(STEPS).map(([name, value]) => {
      const label = text(`source_image.step.${name}`);
      const choice = make("input", { type: "radio", name: "picture-step", value });
      choice.onchange = () => this.#set(value);
      return make("label", { className: "choice" }, choice, make("span", {}, label), make("small", {}, fixed(value, 2)));
    });
    return this.choices;
  }

  #exact() {
    const name = fieldName(FIELD);
    const { minimum: min, maximum: max, step } = fieldOf(FIELD);
    const range = { min, max, step };
    const labels = { number: text("slider.number", { name }), range: text("slider.range", { name }) };
    const number = make("input", { "aria-label": labels.number });
    this.range = make("input", { type: "range", ...range, "aria-label": labels.range });
    this.range.oninput = () => this.#set(Number(this.range.value));
    this.number = forgive(number, {
      range: () => range, usual: () => MODES[this.mode].strength, value: () => this.value, take: (value) => this.#set(value),
    });
    return make("div", { className: "strength" },
      make("div", { className: "head" }, make("span", {}, text("source_image.exact")), number, this.number.note), this.range);
  }

  #set(value) {
    this.#show(value);
    this.onChange(value);
  }

  #show(value) {
    this.value = value;
    for (const label of this.choices) label.firstChild.checked = Number(label.firstChild.value) === value;
    this.range.value = value;
    this.number.show();
    const [, code] = MEANINGS[this.mode]?.find(([limit]) => value <= limit) ?? [];
    setText(this.meaning, code ? text(`source_image.strength_meaning.${code}`, { strength: fixed(value, 2) }) : "");
  }
}
