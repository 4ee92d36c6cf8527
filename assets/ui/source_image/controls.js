/** Controls of a source image: preview, mode, mask, extension, strength, fit. Fetched with the first image. */
import { address, button, make, setText } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { sides } from "../shared/labels.js";
import { text } from "../shared/texts.js";
import { MODES } from "./modes.js";
import { Strength } from "./strength.js";

const WAYS = ["match", "crop", "pad"];

/**
 * @typedef {object} Actions
 * @property {(mode: import("./modes.js").Mode) => void} setMode @property {(way: string) => void} setWay
 * @property {(strength: number) => void} setStrength @property {() => void} editMask @property {() => void} remove
 * @property {(sides: import("./outpaint.js").Sides) => void} extend @property {() => void} undoExtend
 */

export class Controls {
  /** @param {Actions} actions */
  constructor(actions) {
    this.actions = actions;
    this.strength = new Strength((value) => actions.setStrength(value));
    this.nodes = [this.#preview(), this.#modes(), this.#body()];
  }

  /** @param {import("./edit_panel.js").EditPanel} state @returns {?Promise} resolves when all of it is there */
  draw({ fitted, painted, way, mode, strengths, narrower }) {
    if (fitted) this.#drawImage(fitted);
    for (const choice of this.modeChoices) choice.checked = choice.value === mode;
    for (const choice of this.wayChoices) choice.checked = choice.value === way;
    setText(this.wayHelp, text(`source_image.way.${way}.help`));
    this.#drawMark(mode, painted);
    this.room.hidden = mode !== "extend";
    this.strength.draw(mode, strengths[mode]);
    this.undoCount = narrower.length;
    if (this.undo) this.undo.disabled = !this.undoCount;
    this.#drawMask(MODES[mode].hasMask ? painted : null);
    return mode === "extend" ? this.#loadOutpaint() : null;
  }

  /** Turns the modes with a mask off, but for one in use. @param {string} reason @param {string} mode the one in use */
  drawMaskOff(reason, mode) {
    for (const choice of this.modeChoices) {
      choice.disabled = Boolean(reason) && MODES[choice.value].hasMask && !MODES[mode].hasMask;
    }
    setText(this.maskOff, reason);
  }

  #preview() {
    this.image = make("img", { alt: "" });
    this.overlay = make("canvas", { hidden: true });
    this.size = make("figcaption", {});
    return make("figure", {}, make("div", { className: "frame" }, this.image, this.overlay), this.size);
  }

  #modes() {
    this.modeChoices = [];
    const labels = Object.entries(MODES).map(([mode, { icon: drawing }]) => {
      const choice = make("input", { type: "radio", name: "picture-mode", value: mode });
      choice.onchange = () => this.actions.setMode(mode);
      this.modeChoices.push(choice);
      return make("label", { className: "choice" }, choice, icon(drawing), make("span", {}, text(`source_image.mode.${mode}.name`)));
    });
    this.maskOff = make("p", { className: "quiet", role: "status", hidden: true });
    const group = make("fieldset", { className: "modes" }, make("legend", { className: "unseen" }, text("source_image.modes")), ...labels);
    const remove = button(text("source_image.remove"), () => this.actions.remove(), { className: "quiet-button" });
    return make("div", { className: "side" }, group, this.maskOff, remove);
  }

  #body() {
    this.mark = button("", () => this.actions.editMask(), { className: "mark" });
    this.markHint = make("p", { className: "quiet" });
    this.room = make("div", { className: "room", hidden: true });
    const more = make("details", { className: "more" }, make("summary", {}, text("source_image.more")),
      this.strength.exact, this.#ways());
    return make("div", { className: "body" },
      this.mark, this.markHint, this.room, this.strength.steps, this.strength.meaning, more);
  }

  #ways() {
    const group = make("fieldset", { className: "ways" }, make("legend", {}, text("source_image.fit")));
    this.wayChoices = WAYS.map((way) => {
      const name = text(`source_image.way.${way}.name`);
      const choice = make("input", { type: "radio", name: "picture-fit", value: way, "aria-label": name });
      choice.onchange = () => this.actions.setWay(way);
      group.append(make("label", {}, choice, make("strong", {}, name)));
      return choice;
    });
    this.wayHelp = make("p", { className: "quiet" });
    group.append(this.wayHelp);
    return group;
  }

  #drawMark(mode, painted) {
    const isMarked = mode === "part" || mode === "remove";
    this.mark.hidden = !isMarked;
    setText(this.markHint, isMarked ? text(`source_image.mark_hint.${mode}.${painted ? "after" : "before"}`) : "");
    if (isMarked) setText(this.mark, text(painted ? "source_image.edit_part" : `source_image.mark.${mode}`));
  }

  async #loadOutpaint() {
    const { outpaintControls } = await import("./outpaint.js");
    if (this.undo) return;
    const { node, undo } = outpaintControls((where) => this.actions.extend(where), () => this.actions.undoExtend());
    this.undo = undo;
    undo.disabled = !this.undoCount;
    this.room.append(node);
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
