/** The panel of the source image: takes an image, fits it to the size of the form, and says what of it is changed. */
import { pressWith } from "../press/guard.js";
import { make, setText } from "../shared/dom.js";
import { keepInSight, setSummary, showControl } from "../shared/folds.js";
import { inFull, MessageError, notice } from "../shared/messages.js";
import { text } from "../shared/texts.js";
import { showChip } from "./chip.js";
import { invitation, watchPage } from "./incoming.js";
import { MODES, missing, untouched } from "./modes.js";
import { goOnToPrompt } from "./next_step.js";
import { StatusLine } from "./status_line.js";
import { storedPicture, storePicture } from "./stored_picture.js";

/** @typedef {{width: number, height: number}} Size pixels
 * @typedef {Size & {name: string, match: Size, recipe?: object}} Original the image as it was uploaded
 * @typedef {Size & {name: string, src: string, placement: object}} Fitted
 * @typedef {import("./mask/editor.js").Painted} Painted */

export class EditPanel {
  /** @type {?Original} */
  original = null;
  /** @type {?Size} */
  former = null; // size of the form before there was an image
  queue = Promise.resolve(); // fits and uploads run one after the other
  failure = null; // message of the last of them; a press shows it and sends nothing
  isRestoring = false;
  before = storedPicture(); // read at once: the draft that is filled in first removes the image
  offReason = "";
  maskOffReason = "";
  parts = null; // what is fetched with the first image, see #load

  constructor(host) {
    this.host = host;
    Object.assign(this, untouched());
    this.status = new StatusLine();
    this.reason = make("p", { className: "quiet", role: "status", hidden: true });
    this.recipe = make("div", { className: "recipe", role: "status" });
    this.chosen = make("div", { className: "chosen" });
    this.invitation = invitation((file) => this.take(file), () => this.#showProblem(this.host.messages.no_camera));
    this.node = make("section", { className: "picture", "aria-label": text("source_image.section") },
      this.invitation, this.reason, this.status.node, this.recipe, this.chosen);
    watchPage({
      drop: (file, unused) => this.take(file, unused && text("source_image.dropped", { name: file.name, count: unused })),
      paste: (file) => this.take(file, "", { shows: false }), // who pastes into the prompt goes on there
      refuse: () => { this.#showProblem(this.host.messages.not_a_picture); this.show(); },
    });
    setSummary("picture", () => text(this.original ? `source_image.mode.${this.mode}.name` : "form.no_picture"));
  }

  /** @returns {number} 0 to 1 */
  get strength() { return this.strengths[this.mode]; }

  /** What a press sends. @returns {Promise<?object>} null without an image */
  async value() {
    const isComing = this.node.classList.contains("busy");
    await this.queue; // the press must not go out without an upload that is under way
    if (!this.original && !(isComing && this.failure)) return null;
    // A change of the size a moment ago has not fitted the image yet.
    this.parts?.size.report();
    await this.queue;
    const { fitted, painted, mask, strength } = this;
    const isUnsent = !fitted || (painted && !mask);
    const problem = this.failure ?? this.host.messages[missing(this) || (isUnsent && "not_sent")];
    if (problem) throw new MessageError(problem);
    if (!MODES[this.mode].hasMask) return { image: fitted.name, mask: null, feather: 0, strength };
    return { image: fitted.name, mask: mask.name, feather: painted.feather, strength };
  }

  show = () => showControl(this.original && this.node.querySelector(".modes :checked") || this.node);

  /** Takes an image file. @param {?Blob} file @param {string} [report] what is said when it is there
   * @param {{shows?: boolean}} [options] whether the panel comes into view at once */
  async take(file, report = "", { shows = true } = {}) {
    if (!file) return;
    if (shows || this.#isOff) this.show(); // off: it says why
    if (this.#isOff) return;
    await this.#take((server) => server.upload(file), report);
    if (this.failure || this.recipe.firstChild) this.show();
  }

  async useResult({ id: job }, index) {
    this.show();
    await this.#take((server) => server.useResult(job, index));
    keepInSight(this.node);
  }

  /** @param {{keepsSize?: boolean}} [options] without it the form gets the size of before the image */
  remove({ keepsSize = false } = {}) {
    const former = this.original && this.way === "match" && !keepsSize ? this.former : null;
    Object.assign(this, untouched(), { original: null, former: null, failure: null });
    this.node.classList.remove("has-picture");
    this.recipe.querySelector(".offer")?.remove();
    this.status.show("");
    this.#draw();
    if (former) this.parts?.size.set(former);
  }

  /** @param {?import("./stored_picture.js").StoredPicture} [stored] without it that of before a reload */
  async restore(stored = this.before) {
    if (!stored || this.original) return;
    const { mask, ...state } = stored;
    Object.assign(this, state, { isRestoring: true });
    this.#draw();
    await this.#enqueue(async () => {
      const { size } = await this.#load();
      size.set(this.fitted);
      await this.#fit(this.fitted);
      if (mask) await this.#restoreMask(mask);
    });
    this.isRestoring = false;
    if (this.failure?.code !== "source_gone") return this.#keep();
    this.remove();
    notice("source_gone");
  }

  async #restoreMask(mask) {
    const { restoredMask } = await import("./mask/restore.js");
    this.painted = await restoredMask(mask, this.fitted);
    this.mask = this.painted && mask;
    this.#draw();
  }

  /** A part in use stays open, so that it can be removed. */
  get #isOff() { return Boolean(this.offReason) && !this.original; }

  setOff(reason) {
    this.offReason = reason;
    setText(this.reason, reason);
    this.#drawOff();
  }

  setMaskOff(reason) {
    this.maskOffReason = reason;
    this.parts?.controls.drawMaskOff(reason, this.mode);
  }

  async editMask() {
    await this.queue;
    if (!this.fitted || !MODES[this.mode].hasMask) return;
    const { openEditor } = await import("./mask/editor.js");
    const painted = await openEditor(this);
    if (!painted) return;
    Object.assign(this, { painted, mask: null, mode: painted.isRemoval ? "remove" : this.mode });
    this.status.show("");
    this.#draw();
    this.#enqueue(() => this.#sendMask());
    goOnToPrompt(this.mode);
    if (painted.isRemoval) pressWith({}); // the press waits for the mask
  }

  /** @param {import("./modes.js").Mode} mode */
  async setMode(mode) {
    if (this.node.classList.contains("busy")) await this.queue; // another image is coming, which begins in its own mode
    if (!this.original || (this.maskOffReason && MODES[mode].hasMask)) return;
    this.mode = mode;
    this.status.show("");
    await this.#draw();
    keepInSight(this.node);
  }

  /** @param {number} strength 0 to 1, of the mode */
  setStrength(strength) {
    this.strengths[this.mode] = strength;
    this.#keep();
  }

  /** Fits the image in another way. @param {string} way */
  setWay(way) {
    this.way = way;
    const { size } = this.parts;
    if (way === "match") size.set(this.original.match);
    const next = way === "match" ? this.original.match : size.read();
    this.#enqueue(() => this.#fit(next));
  }

  /** @param {import("./outpaint.js").Sides} sides */
  async extend(sides) {
    this.status.show(text("source_image.preparing"));
    await this.#enqueue(async () => {
      const { extend } = await import("./outpaint.js");
      const { original, fitted, way, painted, mask, isExtended } = this;
      const { report, ...extended } = await extend(fitted, sides, this.parts.server);
      this.narrower.push({ original, fitted, way, painted, mask, isExtended });
      Object.assign(this, { ...extended, way: "match", isExtended: true });
      this.parts.size.set(extended.original.match);
      this.#draw();
      this.status.show(report);
    });
  }

  /** Goes back to the image before it was last extended. */
  async undoExtend() {
    await this.queue;
    Object.assign(this, this.narrower.pop());
    this.parts.size.set(this.fitted);
    this.#draw();
    this.status.show("");
  }

  async #load() {
    if (this.parts) return this.parts;
    const [{ Controls }, { FormSize }, { SourceImages }, { showPurpose }] = await Promise.all(
      [import("./controls.js"), import("./size.js"), import("./upload.js"), import("./purpose.js")]);
    const controls = new Controls(this);
    const size = new FormSize(() => this.host.trigger("sized", {}), (next) => this.#follow(next));
    this.chosen.replaceChildren(...controls.nodes);
    this.parts = { controls, size, showPurpose, server: new SourceImages(this.host.messages) };
    return this.parts;
  }

  async #take(bring, report = "") {
    this.node.classList.add("busy");
    this.recipe.replaceChildren();
    this.status.show(text("source_image.preparing"));
    await this.#enqueue(async () => {
      const { recipe, ...original } = await bring((await this.#load()).server);
      if (recipe) {
        const { ask } = await import("./recipe.js");
        ask(this.recipe, recipe, () => this.#enqueue(() => this.#begin(original)));
      } else {
        await this.#begin(original);
      }
      this.status.show(report);
    });
    this.node.classList.remove("busy");
  }

  /** @param {Original} original an image that the server has */
  async #begin(original) {
    const { size } = this.parts;
    if (!this.original) this.former = size.read();
    Object.assign(this, untouched(), { original });
    size.set(original.match);
    await this.#fit(original.match);
  }

  /** Follows the size of the form; a size other than the image's own is no match any more. @param {Size} size */
  #follow(size) {
    const { original, fitted } = this;
    if (!original || !fitted || (size.width === fitted.width && size.height === fitted.height)) return;
    if (this.way === "match") this.way = "crop";
    this.#enqueue(() => this.#fit(size));
  }

  async #fit({ width, height }) {
    const before = this.fitted;
    this.fitted = await this.parts.server.fit({ name: this.original.name, width, height, way: this.way });
    if (this.painted && before) await this.#refitMask(before);
    this.#draw();
  }

  async #refitMask(before) {
    const { refit } = await import("./mask/refit.js");
    this.painted = await refit(this.painted, before, this.fitted);
    this.mask = null;
    await this.#sendMask();
  }

  async #sendMask() {
    const { painted } = this;
    this.mask = { ...(await this.parts.server.uploadMask(this.fitted, painted.png)), feather: painted.feather };
  }

  /** Draws the panel; resolves when all of it is there. */
  #draw() {
    this.node.classList.toggle("has-picture", Boolean(this.original));
    this.#drawOff();
    const drawn = this.parts?.controls.draw(this);
    this.parts?.controls.drawMaskOff(this.maskOffReason, this.mode);
    this.parts?.showPurpose(this.original && this.mode, Boolean(this.painted), () => this.setMode("remove"));
    showChip(this);
    this.#keep();
    dispatchEvent(new Event("playground:form"));
    return drawn;
  }

  #keep() {
    if (this.isRestoring) return;
    const { original, former, fitted, way, mode, strengths, mask, isExtended } = this;
    storePicture(original && fitted ? { original, former, fitted, way, mode, strengths, mask, isExtended } : null);
  }

  #drawOff() {
    this.node.classList.toggle("off", this.#isOff);
    for (const control of this.invitation.querySelectorAll("button, input")) control.disabled = this.#isOff;
  }

  #showProblem(message) {
    this.status.showProblem(inFull(message));
  }

  /** Runs a task after those before it; a failure is shown, and stored for a press. */
  #enqueue(task) {
    this.queue = this.queue.then(task).then(() => (this.failure = null), (error) => {
      this.failure = error.shown ?? this.host.messages.not_sent;
      this.#showProblem(this.failure);
    }).then(() => this.#keep());
    return this.queue;
  }
}
