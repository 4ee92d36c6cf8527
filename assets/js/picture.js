/** The panel of the picture to start from: takes it, shows how it fits, and what of it may change. */
import { address, button, make, setText } from "./dom.js";
import { inFull } from "./messages.js";
import { addPart } from "./parts.js";
import { openVisitor } from "./visitor.js";
import { words } from "./picture_words.js";

const SETTLED = 300; // ms after a change of size until the picture is fitted anew
const SETTING = 600; // ms in which Gradio has drawn the sliders that were set
const MOST_BYTES = 20 * 1024 * 1024;
const WIDTH = 'input[aria-label="number input for Width"]';
const HEIGHT = 'input[aria-label="number input for Height"]';
const SIZE_CONTROLS = "#field-width, #field-height, #shape, .swap";

/** @typedef {{name: string, src: string, width: number, height: number, placement: object}} Fitted */

let panel = null;

/** Shows the panel in a gr.HTML component. @param {{element: HTMLElement, trigger: Function, messages: object}} host */
export function mount(host) {
  if (panel) return host.element.replaceChildren(panel.node, Object.assign(panel, { host }).node);
  panel = new Panel(host);
  host.element.replaceChildren(panel.node);
  addPart("picture", () => panel.value());
}

/** Starts from a finished picture. @param {object} row its job @param {number} index which of its pictures */
export const useResult = (row, index) => panel?.useResult(row, index);

/** Starts from a finished picture and opens the editor of its part that changes. @param {object} row @param {number} index */
export const paintResult = async (row, index) => {
  await useResult(row, index);
  panel?.edit.click();
};

/** Takes the picture away. */
export const clearPicture = () => panel?.remove();

/** Whether there is a picture, and a part of it that changes. @returns {{has_picture: boolean, has_mask: boolean}} */
export const pictureState = () => ({ has_picture: Boolean(panel?.master), has_mask: Boolean(panel?.painted) });

/** How much of it is painted anew. @returns {number} */
export const pictureStrength = () => panel?.strength ?? 0.8;

/** Says why no part of it can be chosen, or that one can: "". @param {string} reason */
export const partOffered = (reason) => panel?.partOffered(reason);

/** Says why no picture can be used, or that one can: "". @param {string} reason */
export const offered = (reason) => panel?.offered(reason);

class Panel {
  /** @type {?{name: string, width: number, height: number, match: {width: number, height: number}}} as it was given */
  master = null;
  /** @type {?Fitted} */
  fitted = null;
  way = "match";
  strength = 0.8;
  painted = null; // what the mask editor gave
  maskName = null;
  narrower = []; // what there was before it was made wider or taller, the latest last
  work = Promise.resolve(); // fits and uploads, one after the other
  trouble = null; // what the last of them came to, a message; a press says it and sends nothing
  reason = ""; // why no picture can be used here
  sizing = 0; // until when Width and Height are being set by us, see #sized

  constructor(host) {
    this.host = host;
    this.status = make("p", { className: "state", role: "status" });
    this.recipe = make("div", { className: "recipe", role: "status" });
    this.node = make("section", { className: "picture", "aria-label": words.section },
      this.#invitation(), this.status, this.recipe, this.#chosen());
    this.#watchPage();
  }

  /** What a press sends. @returns {Promise<?object>} */
  async value() {
    const isComing = this.node.classList.contains("busy");
    await this.work; // an upload under way is waited for: the press must not go out without it
    if (!this.master && !(isComing && this.trouble)) return null;
    this.#follow();
    await this.work;
    if (this.trouble) throw this.#told(this.trouble);
    if (!this.fitted || (this.painted && !this.maskName)) throw this.#told(this.host.messages.not_sent);
    const feather = this.painted?.feather ?? 0;
    return { image: this.fitted.name, mask: this.maskName, feather, strength: this.strength };
  }

  async useResult({ id: job }, index) {
    this.node.scrollIntoView({ block: "center" });
    await this.#take(() => this.#post("/result", JSON.stringify({ job, index })));
  }

  remove() {
    this.master = this.fitted = this.painted = this.maskName = this.trouble = null;
    this.narrower = [];
    this.node.classList.remove("has-picture");
    this.recipe.querySelector(".offer")?.remove();
    this.#say("");
    this.#draw();
  }

  offered(reason) {
    if (reason === this.reason) return; // what is said of the picture stays, and so does a button that is off
    this.reason = reason;
    this.node.classList.toggle("off", Boolean(reason));
    for (const control of this.node.querySelectorAll("button, input")) control.disabled = Boolean(reason);
    this.roomChanged?.(this.narrower.length);
    if (reason && this.master) this.remove();
    this.#say(reason);
  }

  partOffered(reason) {
    this.edit.disabled = Boolean(reason);
    this.room.hidden = Boolean(reason); // what is added is a part that changes
    setText(this.partOff, reason);
    if (reason && this.painted) this.#setPainted(null);
  }

  // --- what is shown ---

  #invitation() {
    this.file = make("input", { type: "file", accept: "image/png,image/jpeg,image/webp", "aria-label": words.file });
    this.file.onchange = () => {
      this.take(this.file.files[0]);
      this.file.value = "";
    };
    const choose = make("label", { className: "choose" }, make("span", {}, words.section), this.file);
    const camera = button(words.camera, () => this.#camera(), { className: "camera" });
    return make("div", { className: "invite" }, choose, camera, make("p", { className: "quiet" }, words.other));
  }

  #chosen() {
    this.image = make("img", { alt: "" });
    this.overlay = make("canvas", { hidden: true });
    this.size = make("figcaption", {});
    const preview = make("figure", {}, make("div", { className: "frame" }, this.image, this.overlay), this.size);
    return make("div", { className: "chosen" }, preview, this.#ways(), this.#strength(), this.#parts(), this.#room());
  }

  #ways() {
    const group = make("fieldset", { className: "ways" }, make("legend", {}, words.fit));
    this.choices = Object.entries(words.ways).map(([way, [name]]) => {
      const choice = make("input", { type: "radio", name: "picture-fit", value: way, "aria-label": name });
      choice.onchange = () => this.#choose(way);
      group.append(make("label", {}, choice, make("strong", {}, name)));
      return choice;
    });
    this.help = make("p", { className: "quiet" });
    group.append(this.help);
    return group;
  }

  #strength() {
    const limits = { min: 0, max: 1, step: 0.01 };
    this.number = make("input", { type: "number", ...limits, inputMode: "decimal", "aria-label": words.strengthNumber });
    this.range = make("input", { type: "range", ...limits, "aria-label": words.strengthRange });
    this.meaning = make("p", { className: "quiet" });
    for (const box of [this.number, this.range]) {
      box.oninput = () => box.value !== "" && this.#setStrength(Number(box.value), box);
    }
    this.number.onblur = () => this.#setStrength(this.strength);
    this.#setStrength(this.strength);
    return make("div", { className: "strength" },
      make("div", { className: "head" }, make("span", {}, words.strength), this.number), this.range, this.meaning);
  }

  #setStrength(value, from) {
    if (!Number.isFinite(value)) return;
    this.strength = Math.max(0, Math.min(1, value));
    for (const box of [this.number, this.range]) if (box !== from) box.value = this.strength;
    setText(this.meaning, words.meaning(this.strength));
  }

  #parts() {
    this.edit = button(words.part, () => this.#paint());
    this.whole = button(words.whole, () => this.#setPainted(null), { hidden: true });
    this.partOff = make("p", { className: "quiet", hidden: true });
    this.kept = make("p", { className: "quiet", hidden: true }, words.kept);
    return make("div", { className: "parts" },
      make("div", { className: "row" }, this.edit, this.whole, button(words.remove, () => this.remove())), this.partOff, this.kept);
  }

  #draw() {
    const { fitted, painted } = this;
    this.node.classList.toggle("has-picture", Boolean(this.master));
    if (fitted) {
      this.image.src = address(fitted.src);
      this.image.alt = words.alt(fitted);
      Object.assign(this.image, { width: fitted.width, height: fitted.height });
      setText(this.size, words.size(fitted));
    }
    for (const choice of this.choices) choice.checked = choice.value === this.way;
    setText(this.help, words.ways[this.way][1]);
    setText(this.edit, painted ? words.editPart : words.part);
    this.whole.hidden = this.kept.hidden = !painted;
    this.roomChanged?.(this.narrower.length);
    this.#drawMask();
    dispatchEvent(new Event("playground:form"));
  }

  async #drawMask() {
    const { painted } = this;
    this.overlay.hidden = !painted;
    if (!painted) return;
    const { stripes } = await import("./mask/stripes.js");
    const { width, height } = painted.mask;
    Object.assign(this.overlay, { width, height });
    this.overlay.getContext("2d").putImageData(stripes(painted.mask, painted.mask.data), 0, 0);
  }

  #say(text) {
    setText(this.status, text || this.reason);
  }

  /** Does the next piece of work when the others are done; what it fails of is said, and kept for a press. */
  #then(work) {
    this.work = this.work.then(work).then(() => (this.trouble = null), (error) => {
      this.trouble = error.told ?? this.host.messages.not_sent;
      this.#say(inFull(this.trouble));
    });
    return this.work;
  }

  #told(message) {
    return Object.assign(new Error(message.happened), { told: message });
  }

  // --- what comes in ---

  /** Takes a picture file. @param {?Blob} file */
  take(file) {
    if (file && !this.reason) this.#take(() => this.#send(file));
  }

  async #send(file) {
    const { shrunk } = await import("./shrink.js");
    const first = file.size > MOST_BYTES ? await shrunk(file) : file;
    if (!first) throw this.#told(this.host.messages.too_large);
    try {
      return await this.#post("", first);
    } catch (error) {
      const smaller = error.status === 422 && first === file ? await shrunk(file, { onlyLarge: true }) : null;
      if (!smaller) throw error;
      return this.#post("", smaller);
    }
  }

  async #take(bring) {
    this.node.classList.add("busy");
    this.recipe.replaceChildren();
    this.#say(words.bringing);
    await this.#then(async () => {
      const master = await bring();
      if (master.recipe) (await import("./recipe.js")).offer(this.recipe, master.recipe);
      Object.assign(this, { master, fitted: null, painted: null, maskName: null, way: "match", narrower: [] });
      this.#sized();
      await this.#fit(master.match);
      this.#say("");
    });
    this.node.classList.remove("busy");
  }

  async #post(tail, body) {
    const visitor = await openVisitor();
    const headers = { "X-Playground-Visitor": visitor.id };
    const answer = await fetch(address(`playground/sources${tail}`), { method: "POST", headers, body });
    const found = await answer.json().catch(() => ({}));
    if (answer.ok) return found;
    throw Object.assign(this.#told(found.refused ?? this.host.messages.not_sent), { status: answer.status });
  }

  async #camera() {
    const { photograph } = await import("./camera.js");
    try {
      this.take(await photograph());
    } catch {
      this.#say(inFull(this.host.messages.no_camera));
    }
  }

  #watchPage() {
    const files = (event) => [...(event.dataTransfer?.items ?? [])].some(({ kind }) => kind === "file");
    const inDialog = () => document.querySelector("dialog[open]");
    addEventListener("dragover", (event) => files(event) && !inDialog() && event.preventDefault());
    addEventListener("drop", (event) => {
      if (!event.dataTransfer?.files.length || inDialog()) return;
      event.preventDefault();
      this.take(event.dataTransfer.files[0]);
      this.node.scrollIntoView({ block: "center" });
    });
    addEventListener("paste", (event) => {
      const { files: [file] = [], types = [] } = event.clipboardData ?? {};
      const isText = types.includes("text/plain"); // of a text program: it offers a picture of its text too
      if (!file?.type.startsWith("image/") || isText || inDialog()) return;
      event.preventDefault();
      this.take(file);
      this.node.scrollIntoView({ block: "center" });
    });
    const moved = (event) => {
      if (!event.isTrusted || !event.target.closest?.(SIZE_CONTROLS)) return;
      this.#followIn(SETTLED);
    };
    for (const name of ["input", "change", "click"]) addEventListener(name, moved, true);
  }

  // --- how it fits ---

  #choose(way) {
    this.way = way;
    if (way === "match") this.#sized();
    this.#queue(way === "match" ? this.master.match : sizeOnPage());
  }

  /** Follows Width and Height; a size of one's own is no match any more. */
  #follow() {
    if (!this.master || !this.fitted) return;
    const early = this.sizing - performance.now();
    if (early > 0) return this.#followIn(early); // until then it is not told who sets the size
    const size = sizeOnPage();
    if (!size || isSame(size, this.fitted)) return;
    if (this.way === "match") this.way = "crop";
    this.#queue(size);
  }

  #followIn(ms) {
    clearTimeout(this.following);
    this.following = setTimeout(() => this.#follow(), ms);
  }

  #queue(size) {
    this.#then(() => this.#fit(size));
  }

  async #fit({ width, height }) {
    const order = { name: this.master.name, width, height, way: this.way };
    const before = this.fitted;
    this.fitted = await this.#post("/fit", JSON.stringify(order));
    if (this.painted && before) await this.#carry(before);
    this.#draw();
  }

  /** "Match my picture" moves the sliders, by an event of the component. */
  #sized(size = this.master.match) {
    this.sizing = performance.now() + SETTING;
    (window.playground ??= {}).picture_size = { width: size.width, height: size.height };
    this.host.trigger("sized", {});
  }

  // --- wider and taller ---

  /** One closed line; what is in it is fetched when it is first opened. */
  #room() {
    this.room = make("details", { className: "room" }, make("summary", {}, words.room));
    this.room.addEventListener("toggle", async () => {
      const { roomControls } = await import("./outpaint.js");
      const { node, changed } = roomControls((sides) => this.#addRoom(sides), () => this.#takeRoomAway());
      this.roomChanged = changed;
      changed(this.narrower.length);
      this.room.append(node);
    }, { once: true });
    return this.room;
  }

  async #addRoom(sides) {
    this.#say(words.bringing);
    await this.#then(async () => {
      const { added, maskAround, told } = await import("./outpaint.js");
      const { master, fitted, way, painted, maskName } = this;
      const order = { name: fitted.name, ...added(sides, fitted) };
      const made = await this.#post("/room", JSON.stringify(order));
      const around = await maskAround(made);
      const next = await this.#post("/fit", JSON.stringify({ name: made.name, ...made.match, way: "match" }));
      const mask = await this.#post(`/mask/${next.name}`, around.png);
      this.narrower.push({ master, fitted, way, painted, maskName });
      Object.assign(this, { master: made, fitted: next, way: "match", painted: around, maskName: mask.name });
      this.#sized();
      this.#draw();
      this.#say(told(made));
    });
  }

  async #takeRoomAway() {
    await this.work;
    if (!this.narrower.length) return;
    Object.assign(this, this.narrower.pop());
    this.#sized(this.fitted);
    this.#draw();
    this.#say("");
  }

  // --- what of it may change ---

  async #paint() {
    await this.work;
    if (!this.fitted) return;
    const { open } = await import("./mask.js");
    const { src, width, height } = this.fitted;
    const painted = await open({ src: address(src), width, height }, this.painted ?? {});
    if (painted) this.#setPainted(painted);
  }

  #setPainted(painted) {
    this.painted = painted;
    this.maskName = null;
    this.#draw();
    if (!painted) return;
    this.#then(() => this.#sendMask());
  }

  async #sendMask() {
    this.maskName = (await this.#post(`/mask/${this.fitted.name}`, this.painted.png)).name;
  }

  /** Takes the mask along to another fit of the picture. */
  async #carry(before) {
    const [{ carried }, { grown }, { png }] = await Promise.all(
      ["bitmap", "distance", "files"].map((name) => import(`./mask/${name}.js`)));
    const { width, height, placement } = this.fitted;
    const painted = carried(this.painted.painted, before.placement, placement, width, height);
    const mask = grown(painted, this.painted.grow);
    this.painted = { ...this.painted, painted, mask, png: await png(mask) };
    this.maskName = null;
    await this.#sendMask();
  }
}

const isSame = (one, other) => one.width === other.width && one.height === other.height;

/** The size the form asks for; null while it is no number. */
function sizeOnPage() {
  const [width, height] = [WIDTH, HEIGHT].map((box) => Number(document.querySelector(box)?.value));
  return width >= 64 && height >= 64 ? { width: Math.round(width), height: Math.round(height) } : null;
}
