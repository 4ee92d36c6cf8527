/** Panel of the source image: takes an image, fits it to the size of the form, and says which part of it may change. */
import { addTicketField } from "../press/ticket.js";
import { address, make, setText } from "../shared/dom.js";
import { inFull, MessageError } from "../shared/messages.js";
import { text } from "../shared/texts.js";
import { invitation, watchPage } from "./incoming.js";

const DEFAULT_STRENGTH = 0.8;

/** @typedef {{width: number, height: number}} Size pixels
 * @typedef {Size & {name: string, match: Size, recipe?: object}} Original the image as it was uploaded
 * @typedef {Size & {name: string, src: string, placement: object}} Fitted
 * @typedef {import("./mask/editor.js").Painted} Painted */

let panel = null; // Gradio may mount the component again: the panel outlives its element

/** Shows the panel in a gr.HTML component. @param {{element: HTMLElement, trigger: Function, messages: object}} host */
export function mount(host) {
  if (!panel) {
    panel = new Panel(host);
    addTicketField("picture", () => panel.value());
  }
  panel.host = host;
  host.element.replaceChildren(panel.node);
}

/** Starts from a finished image. @param {object} row its job @param {number} index of the image in its job */
export const useResult = (row, index) => panel?.useResult(row, index);

/** Starts from a finished image and opens the editor of its mask. @param {object} row @param {number} index */
export const paintOnResult = async (row, index) => {
  await useResult(row, index);
  panel?.editMask();
};

/** Removes the image. */
export const clearSourceImage = () => panel?.remove();

/** Whether there is an image, and a mask. @returns {{has_picture: boolean, has_mask: boolean}} */
export const sourceImageState = () => ({ has_picture: Boolean(panel?.original), has_mask: Boolean(panel?.painted) });

/** Strength of the change. @returns {number} 0 to 1 */
export const promptStrength = () => panel?.strength ?? DEFAULT_STRENGTH;

/** Turns masks off, or on. @param {string} reason "" turns them on */
export const setMaskOff = (reason) => panel?.setMaskOff(reason);

/** Turns the panel off, or on. @param {string} reason "" turns it on */
export const setSourceImageOff = (reason) => panel?.setOff(reason);

class Panel {
  /** @type {?Original} */
  original = null;
  /** @type {?Fitted} */
  fitted = null;
  mode = "match"; // a key of `source_image.mode` in the catalogue
  strength = DEFAULT_STRENGTH;
  /** @type {?Painted} */
  painted = null;
  maskName = null; // of the uploaded mask
  narrower = []; // states before the image was extended, the latest last
  queue = Promise.resolve(); // fits and uploads run one after the other
  failure = null; // message of the last of them; a press shows it and sends nothing
  offReason = "";
  maskOffReason = "";
  parts = null; // what is fetched with the first image, see #load

  constructor(host) {
    this.host = host;
    this.status = make("p", { className: "state", role: "status" });
    this.recipe = make("div", { className: "recipe", role: "status" });
    this.chosen = make("div", { className: "chosen" });
    this.node = make("section", { className: "picture", "aria-label": text("source_image.section") },
      invitation((file) => this.take(file), () => this.#showStatus(inFull(this.host.messages.no_camera))),
      this.status, this.recipe, this.chosen);
    watchPage((file) => {
      this.take(file);
      this.node.scrollIntoView({ block: "center" });
    });
  }

  /** What a press sends. @returns {Promise<?object>} null without an image */
  async value() {
    const isComing = this.node.classList.contains("busy");
    await this.queue; // the press must not go out without an upload that is under way
    if (!this.original && !(isComing && this.failure)) return null;
    // A change of the size a moment ago has not fitted the image yet.
    this.parts?.size.report();
    await this.queue;
    if (this.failure) throw new MessageError(this.failure);
    const { fitted, painted, maskName: mask, strength } = this;
    if (!fitted || (painted && !mask)) throw new MessageError(this.host.messages.not_sent);
    return { image: fitted.name, mask, feather: painted?.feather ?? 0, strength };
  }

  /** Takes an image file. @param {?Blob} file */
  take(file) {
    if (file && !this.offReason) this.#take((server) => server.upload(file));
  }

  async useResult({ id: job }, index) {
    this.node.scrollIntoView({ block: "center" });
    await this.#take((server) => server.useResult(job, index));
  }

  remove() {
    this.original = this.fitted = this.painted = this.maskName = this.failure = null;
    this.narrower = [];
    this.node.classList.remove("has-picture");
    this.recipe.querySelector(".offer")?.remove();
    this.#showStatus("");
    this.#draw();
  }

  setOff(reason) {
    if (reason === this.offReason) return; // the status of the image stays, and so does a button that is disabled
    this.offReason = reason;
    this.node.classList.toggle("off", Boolean(reason));
    this.#drawOff();
    this.parts?.controls.drawUndo(this.narrower.length);
    if (reason && this.original) this.remove();
    this.#showStatus(reason);
  }

  setMaskOff(reason) {
    this.maskOffReason = reason;
    this.parts?.controls.setMaskOff(reason);
    if (reason && this.painted) this.setPainted(null);
  }

  /** Opens the editor of the mask. */
  async editMask() {
    if (this.offReason || this.maskOffReason) return;
    await this.queue;
    if (!this.fitted) return;
    const { openEditor } = await import("./mask/editor.js");
    const { src, width, height } = this.fitted;
    const painted = await openEditor({ src: address(src), width, height }, this.painted ?? {});
    if (painted) this.setPainted(painted);
  }

  /** Sets or removes the mask. @param {?Painted} painted */
  setPainted(painted) {
    this.painted = painted;
    this.maskName = null;
    this.#draw();
    if (painted) this.#enqueue(() => this.#sendMask());
  }

  /** Fits the image in another way. @param {string} mode */
  setMode(mode) {
    this.mode = mode;
    const { size } = this.parts;
    if (mode === "match") size.set(this.original.match);
    const next = mode === "match" ? this.original.match : size.read();
    this.#enqueue(() => this.#fit(next));
  }

  /** Extends the image. @param {import("./outpaint.js").Sides} sides */
  async extend(sides) {
    this.#showStatus(text("source_image.preparing"));
    await this.#enqueue(async () => {
      const { extend } = await import("./outpaint.js");
      const { original, fitted, mode, painted, maskName } = this;
      const { report, ...extended } = await extend(fitted, sides, this.parts.server);
      this.narrower.push({ original, fitted, mode, painted, maskName });
      Object.assign(this, { ...extended, mode: "match" });
      this.parts.size.set(extended.original.match);
      this.#draw();
      this.#showStatus(report);
    });
  }

  /** Goes back to the image before it was last extended. */
  async undoExtend() {
    await this.queue;
    if (!this.narrower.length) return;
    Object.assign(this, this.narrower.pop());
    this.parts.size.set(this.fitted);
    this.#draw();
    this.#showStatus("");
  }

  /** Loads what an image needs, and shows its controls. */
  async #load() {
    if (this.parts) return this.parts;
    const [{ Controls }, { FormSize }, { SourceImages }] = await Promise.all(
      [import("./controls.js"), import("./size.js"), import("./upload.js")]);
    const controls = new Controls(this);
    const size = new FormSize(() => this.host.trigger("sized", {}), (next) => this.#follow(next));
    this.chosen.replaceChildren(...controls.nodes);
    this.#drawOff();
    controls.setMaskOff(this.maskOffReason);
    this.parts = { controls, size, server: new SourceImages(this.host.messages) };
    return this.parts;
  }

  async #take(bring) {
    this.node.classList.add("busy");
    this.recipe.replaceChildren();
    this.#showStatus(text("source_image.preparing"));
    await this.#enqueue(async () => {
      const { server, size } = await this.#load();
      const original = await bring(server);
      if (original.recipe) (await import("./recipe.js")).offer(this.recipe, original.recipe);
      Object.assign(this, { original, fitted: null, painted: null, maskName: null, mode: "match", narrower: [] });
      size.set(original.match);
      await this.#fit(original.match);
      this.#showStatus("");
    });
    this.node.classList.remove("busy");
  }

  /** Follows the size of the form; a size other than the image's own is no match any more. @param {Size} size */
  #follow(size) {
    const { original, fitted } = this;
    if (!original || !fitted || (size.width === fitted.width && size.height === fitted.height)) return;
    if (this.mode === "match") this.mode = "crop";
    this.#enqueue(() => this.#fit(size));
  }

  async #fit({ width, height }) {
    const before = this.fitted;
    this.fitted = await this.parts.server.fit({ name: this.original.name, width, height, way: this.mode });
    if (this.painted && before) await this.#refitMask(before);
    this.#draw();
  }

  /** Carries the mask over to another fit of the image. */
  async #refitMask(before) {
    const { refit } = await import("./mask/refit.js");
    this.painted = await refit(this.painted, before, this.fitted);
    this.maskName = null;
    await this.#sendMask();
  }

  async #sendMask() {
    this.maskName = (await this.parts.server.uploadMask(this.fitted, this.painted.png)).name;
  }

  #draw() {
    this.node.classList.toggle("has-picture", Boolean(this.original));
    this.parts?.controls.draw(this);
    dispatchEvent(new Event("playground:form"));
  }

  #drawOff() {
    for (const control of this.node.querySelectorAll("button, input")) control.disabled = Boolean(this.offReason);
  }

  #showStatus(sentence) {
    setText(this.status, sentence || this.offReason);
  }

  /** Runs a task after those before it; a failure is shown, and stored for a press. */
  #enqueue(task) {
    this.queue = this.queue.then(task).then(() => (this.failure = null), (error) => {
      this.failure = error.shown ?? this.host.messages.not_sent;
      this.#showStatus(inFull(this.failure));
    });
    return this.queue;
  }
}
