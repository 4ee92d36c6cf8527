/** Controls of a source image: preview, fit, strength, mask, outpainting. Fetched with the first image. */
import { address, button, make, setText } from "../shared/dom.js";
import { fieldOf } from "../shared/fields.js";
import { fixed } from "../shared/formats.js";
import { fieldName, sides } from "../shared/labels.js";
import { text } from "../shared/texts.js";

const MODES = ["match", "crop", "pad"];
/** Codes of what a strength does, each with the largest strength that does it. */
const MEANINGS = [[0.2, "least"], [0.4, "small"], [0.65, "look"], [0.85, "layout"], [0.999, "hint"], [1, "all"]];

/**
 * @typedef {object} Actions
 * @property {(mode: string) => void} setMode @property {() => void} editMask
 * @property {(painted: null) => void} setPainted
 * @property {() => void} remove @property {(sides: import("./outpaint.js").Sides) => void} extend
 * @property {() => void} undoExtend @property {number} strength is set when the visitor moves it
 */

export class Controls {
  /** @param {Actions} actions */
  constructor(actions) {
    this.actions = actions;
    this.nodes = [this.#preview(), this.#modes(), this.#strength(), this.#mask(), this.#outpaint()];
  }

  /** @param {{fitted: ?object, painted: ?object, mode: string, narrower: object[]}} state */
  draw({ fitted, painted, mode, narrower }) {
    if (fitted) this.#drawImage(fitted);
    for (const choice of this.choices) choice.checked = choice.value === mode;
    setText(this.help, text(`source_image.mode.${mode}.help`));
    setText(this.edit, text(painted ? "source_image.edit_part" : "source_image.part"));
    this.whole.hidden = this.putBack.hidden = !painted;
    this.drawUndo(narrower.length);
    this.#drawMask(painted);
  }

  /** Turns masks off, and outpainting with them: what is added is a part that changes. @param {string} reason */
  setMaskOff(reason) {
    this.edit.disabled = Boolean(reason);
    this.outpaint.hidden = Boolean(reason);
    setText(this.maskOff, reason);
  }

  /** @param {number} count how often an extension can be undone */
  drawUndo(count) {
    this.undoCount = count;
    if (this.undo) this.undo.disabled = !count;
  }

  #preview() {
    this.image = make("img", { alt: "" });
    this.overlay = make("canvas", { hidden: true });
    this.size = make("figcaption", {});
    return make("figure", {}, make("div", { className: "frame" }, this.image, this.overlay), this.size);
  }

  #modes() {
    const group = make("fieldset", { className: "ways" }, make("legend", {}, text("source_image.fit")));
    this.choices = MODES.map((mode) => {
      const name = text(`source_image.mode.${mode}.name`);
      const choice = make("input", { type: "radio", name: "picture-fit", value: mode, "aria-label": name });
      choice.onchange = () => this.actions.setMode(mode);
      group.append(make("label", {}, choice, make("strong", {}, name)));
      return choice;
    });
    this.help = make("p", { className: "quiet" });
    group.append(this.help);
    return group;
  }

  #strength() {
    const name = fieldName("prompt_strength");
    const { minimum: min, maximum: max, step } = fieldOf("prompt_strength");
    const range = { min, max, step };
    const labels = { number: text("slider.number", { name }), range: text("slider.range", { name }) };
    this.number = make("input", { type: "number", ...range, inputMode: "decimal", "aria-label": labels.number });
    this.range = make("input", { type: "range", ...range, "aria-label": labels.range });
    this.meaning = make("p", { className: "quiet" });
    for (const box of [this.number, this.range]) {
      box.oninput = () => box.value !== "" && this.#setStrength(Number(box.value), box);
    }
    this.number.onblur = () => this.#setStrength(this.actions.strength);
    this.#setStrength(this.actions.strength);
    return make("div", { className: "strength" },
      make("div", { className: "head" }, make("span", {}, fieldName("prompt_strength")), this.number), this.range, this.meaning);
  }

  /** @param {number} value @param {HTMLInputElement} [from] the input that the visitor is changing */
  #setStrength(value, from) {
    if (!Number.isFinite(value)) return;
    const { minimum, maximum } = fieldOf("prompt_strength");
    const strength = Math.max(minimum, Math.min(maximum, value));
    this.actions.strength = strength;
    for (const box of [this.number, this.range]) if (box !== from) box.value = strength;
    const [, meaning] = MEANINGS.find(([limit]) => strength <= limit);
    setText(this.meaning, text(`source_image.strength_meaning.${meaning}`, { strength: fixed(strength, 2) }));
  }

  #mask() {
    const { actions } = this;
    this.edit = button(text("source_image.part"), () => actions.editMask());
    this.whole = button(text("source_image.whole"), () => actions.setPainted(null), { hidden: true });
    this.maskOff = make("p", { className: "quiet", hidden: true });
    this.putBack = make("p", { className: "quiet", hidden: true }, text("source_image.put_back"));
    const remove = button(text("source_image.remove"), () => actions.remove());
    const row = make("div", { className: "row" }, this.edit, this.whole, remove);
    return make("div", { className: "parts" }, row, this.maskOff, this.putBack);
  }

  /** Closed section; its content is fetched when it is first opened. */
  #outpaint() {
    const { actions } = this;
    this.outpaint = make("details", { className: "room" }, make("summary", {}, text("source_image.outpaint")));
    this.outpaint.addEventListener("toggle", async () => {
      const { outpaintControls } = await import("./outpaint.js");
      const { node, undo } = outpaintControls((sides) => actions.extend(sides), () => actions.undoExtend());
      this.undo = undo;
      this.drawUndo(this.undoCount ?? 0);
      this.outpaint.append(node);
    }, { once: true });
    return this.outpaint;
  }

  #drawImage(fitted) {
    const { src, width, height } = fitted;
    const alt = text("source_image.alt", sides(fitted));
    Object.assign(this.image, { src: address(src), alt, width, height });
    setText(this.size, text("source_image.size", sides(fitted)));
  }

  async #drawMask(painted) {
    this.overlay.hidden = !painted;
    if (!painted) return;
    const { stripes } = await import("./mask/stripes.js");
    const { width, height, data } = painted.mask;
    Object.assign(this.overlay, { width, height });
    this.overlay.getContext("2d").putImageData(stripes(painted.mask, data), 0, 0);
  }
}
