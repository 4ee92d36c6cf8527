/** Mask editor: a dialog for drawing over the part that should change. Fetched when first opened. */
import { address, button, make, setText } from "../../shared/dom.js";
import { closeOnBack } from "../../shared/layers.js";
import { inFull } from "../../shared/messages.js";
import { forgive } from "../../shared/number_box.js";
import { loadStyle } from "../../shared/stylesheet.js";
import { text } from "../../shared/texts.js";
import { Bitmap } from "./bitmap.js";
import { grown } from "./distance.js";
import { png } from "./files.js";
import { watchPointers } from "./pointers.js";
import { restoredMask } from "./restore.js";
import { History } from "./undo.js";
import { View } from "./view.js";

const FEATHER = 8;
const LARGEST = 200; // pixels, the brush's radius
const SETTLED_MS = 150; // without a change, until the feathered edge is drawn: it is slow

/** @typedef {{painted: Bitmap, mask: Bitmap, grow: number, feather: number, png: Blob, isRemoval?: boolean}} Painted
 *   `painted` is what the visitor drew, `mask` is grown from it; the file holds the latter. `isRemoval`: what is marked
 *   shall be removed now */

/** Opens the editor. @param {import("../edit_panel.js").EditPanel} panel has the image, and the mask to start with
 * @returns {Promise<?Painted>} null when it was cancelled; Back and Escape keep what was drawn */
export async function openEditor({ original, fitted, way, painted, mode, parts: { server } }) {
  await loadStyle(new URL("./editor.css", import.meta.url).href);
  const readFile = (file) => server.readMask(file, original, fitted, way);
  return new Editor({ ...fitted, src: address(fitted.src) }, painted ?? {}, mode, readFile).show();
}

const pixels = (count) => text("mask.pixels", { count });

const shareText = (share) =>
  (share < 0.01 ? text("mask.share_tiny") : text("mask.share", { percent: Math.round(100 * share) }));

class Editor {
  constructor(picture, { painted, grow = 0, feather = FEATHER }, purpose, readFile) {
    const { width, height } = picture;
    this.readFile = readFile;
    this.painted = painted?.clone() ?? new Bitmap(width, height);
    this.past = new History(this.painted);
    Object.assign(this, { grow, feather, tool: "paint", radius: Math.round(Math.min(width, height) / 20) });
    this.view = new View(picture, text("mask.canvas"));
    this.status = make("p", { className: "status", role: "status" });
    const title = text(`mask.title.${purpose}`);
    this.node = make("dialog", { className: "mask-editor", "aria-label": title },
      make("header", {}, make("h2", {}, title), make("p", {}, text(`mask.hint.${purpose}`))),
      this.view.node, this.#tools(), this.#foot(purpose));
    this.node.addEventListener("keydown", (event) => this.#key(event));
    watchPointers(this.view, this);
  }

  /** @returns {Promise<?Painted>} */
  show() {
    document.body.append(this.node);
    this.node.showModal();
    closeOnBack(this.node);
    this.#changed();
    this.isChanged = false;
    return new Promise((resolve) => {
      this.node.addEventListener("close", () => {
        clearTimeout(this.settling);
        this.node.remove();
        resolve(this.#result());
      });
    });
  }

  /** @returns {Promise<?Painted>} */
  async #result() {
    const { painted, mask, grow, feather, isRemoval } = this;
    if (this.isCancelled || !this.isChanged || !mask.share) return null;
    return { painted, mask, grow, feather, isRemoval, png: await png(mask) };
  }

  // Strokes of a pointer, see pointers.js.

  start(place) {
    this.from = place;
    if (this.tool === "rectangle") this.view.outline(place, place);
    else this.#stroke(place, place);
  }

  go(from, to) {
    if (this.tool === "rectangle") this.view.outline(this.from, to);
    else this.#stroke(from, to);
    this.to = to;
  }

  end() {
    if (this.tool === "rectangle" && this.to) {
      const { from, to } = this;
      this.painted.rectangle(
        Math.min(from.x, to.x), Math.min(from.y, to.y), Math.max(from.x, to.x), Math.max(from.y, to.y), 255);
    }
    this.view.outline(null);
    this.to = null;
    this.#step();
  }

  drop() {
    this.view.outline(null);
    this.to = null;
    this.painted = this.past.now();
    this.#changed();
  }

  hover(place) {
    if (place && this.tool !== "rectangle") this.view.point(place, this.radius);
    else this.view.cursor.hidden = true;
  }

  #stroke(from, to) {
    clearTimeout(this.settling);
    const box = this.painted.stroke(from.x, from.y, to.x, to.y, this.radius, this.tool === "erase" ? 0 : 255);
    this.view.draw(this.painted, 0, box);
  }

  #step() {
    this.past.keep(this.painted);
    this.#changed();
  }

  /** Draws what will change, and its share of the image. */
  #changed() {
    this.isChanged = true;
    clearTimeout(this.settling);
    this.mask = grown(this.painted, this.grow);
    this.view.draw(this.mask, 0);
    this.settling = setTimeout(() => this.view.draw(this.mask, this.feather), SETTLED_MS);
    const { share } = this.mask;
    setText(this.status, share ? shareText(share) : text("mask.nothing"));
    this.useIt.disabled = this.removeIt.disabled = !share || !this.question.hidden;
    this.clear.disabled = !this.painted.share;
    this.undo.disabled = !this.past.canUndo;
    this.redo.disabled = !this.past.canRedo;
    this.#keepFocus();
  }

  /** A button that became disabled would lose the focus, and with it the keys of the editor. */
  #keepFocus() {
    if (this.node.contains(document.activeElement) && document.activeElement.disabled) this.node.querySelector("[aria-pressed=true]").focus();
  }

  #tools() {
    const act = (name, work) => button(text(name), () => (work(), this.#step()));
    this.undo = button(text("mask.undo"), () => this.#back(this.past.undo()));
    this.redo = button(text("mask.redo"), () => this.#back(this.past.redo()));
    this.clear = act("mask.clear", () => this.painted.fill(0));
    return make("div", { className: "tools" },
      this.#choice(),
      this.#slider(text("mask.brush"), "", 1, LARGEST, this.radius, (value) => (this.radius = value), "brush"),
      make("div", { className: "row" }, this.undo, this.redo, this.clear, act("mask.invert", () => this.painted.invert()), act("mask.all", () => this.painted.fill(255))),
      this.#slider(text("mask.grow"), text("mask.grow_help"), 0, 64, this.grow, (value) => this.#set("grow", value)),
      this.#slider(text("mask.feather"), text("mask.feather_help"), 0, 64, this.feather,
        (value) => this.#set("feather", value)),
      make("div", { className: "row" }, button(text("shared.zoom_in"), () => this.view.move(1.5)),
        button(text("shared.zoom_out"), () => this.view.move(1 / 1.5)),
        button(text("mask.fit_view"), () => this.view.whole()),
        this.#upload()),
      this.#byNumbers());
  }

  #set(name, value) {
    this[name] = value;
    this.#changed();
  }

  #back(mask) {
    if (!mask) return;
    this.painted = mask;
    this.#changed();
  }

  #choice() {
    const group = make("div", { className: "row", role: "group", "aria-label": text("mask.tools") });
    const tools = ["paint", "erase", "rectangle"].map((name) => {
      const tool = button(text(`mask.tool.${name}`), () => {
        this.tool = name;
        tools.forEach((other) => other.setAttribute("aria-pressed", String(other === tool)));
      }, { "aria-pressed": String(name === this.tool), autofocus: name === this.tool });
      return tool;
    });
    group.append(...tools);
    return group;
  }

  #slider(label, help, min, max, value, set, name) {
    const shown = make("output", {}, pixels(value));
    const range = make("input", { type: "range", min, max, "aria-label": label });
    range.value = value;
    range.oninput = () => {
      setText(shown, pixels(Number(range.value)));
      set(Number(range.value));
    };
    if (name) this[name] = range;
    return make("label", { className: "slider", title: help }, make("span", {}, label), range, shown);
  }

  #upload() {
    const label = text("mask.upload");
    const file = make("input", { type: "file", accept: "image/*", "aria-label": label, title: text("mask.upload_help") });
    file.onchange = async () => {
      const [chosen] = file.files;
      file.value = "";
      try {
        const found = await this.readFile(chosen);
        this.painted = (await restoredMask({ ...found, feather: 0 }, this.painted)).painted;
        this.question.hidden = found.is_certain;
        this.#step();
      } catch (error) {
        setText(this.status, error.shown ? inFull(error.shown) : text("mask.unreadable"));
      }
    };
    return make("label", { className: "upload" }, label, file);
  }

  /** Asks which part a mask file means. Its answers end it; until then the mask cannot be used. */
  #meaning() {
    const answer = (work) => () => {
      work();
      this.question.hidden = true;
      this.#step();
    };
    return make("div", { className: "meaning", role: "group", "aria-label": text("mask.unclear"), hidden: true },
      make("p", { role: "status" }, text("mask.unclear")),
      button(text("mask.unclear_striped"), answer(() => {})),
      button(text("mask.unclear_rest"), answer(() => this.painted.invert())));
  }

  #byNumbers() {
    const { width, height } = this.painted;
    const first = { left: width / 4, top: height / 4, width: width / 2, height: height / 2 };
    const range = { min: 0, max: Math.max(width, height), step: 1 };
    const sides = Object.fromEntries(Object.entries(first).map(([name, value]) => [name, Math.round(value)]));
    const boxes = Object.entries(sides).map(([name, usual]) => {
      const box = make("input", {});
      const { note } = forgive(box, {
        range: () => range, usual: () => usual, value: () => sides[name], take: (value) => (sides[name] = value),
      });
      return make("div", {}, make("label", {}, make("span", {}, text(`mask.side.${name}`)), box), note);
    });
    const put = (value) => {
      const { left, top, width: across, height: down } = sides;
      this.painted.rectangle(left, top, left + across, top + down, value);
      this.#step();
    };
    return make("details", {}, make("summary", {}, text("mask.by_numbers")), make("div", { className: "numbers" }, ...boxes),
      make("div", { className: "row" }, button(text("mask.add"), () => put(255)), button(text("mask.take"), () => put(0))));
  }

  #foot(purpose) {
    const isForRemoval = purpose === "remove";
    const close = (how) => () => {
      Object.assign(this, how);
      this.node.close();
    };
    // Where something goes at a press, "Done" could be read as that press.
    this.useIt = button(text(isForRemoval ? "mask.keep" : "mask.use"), close({ isChanged: true }), { className: isForRemoval ? "" : "primary" });
    this.removeIt = button(text("mask.remove_it"), close({ isChanged: true, isRemoval: true }),
      { className: isForRemoval ? "primary" : "" });
    // It presses Generate: what that costs stands on it.
    this.removeIt.append(document.querySelector("#generate .price")?.textContent ?? "");
    const cancel = button(text("mask.cancel"), close({ isCancelled: true }));
    const actions = isForRemoval ? [this.useIt, this.removeIt] : [this.removeIt, this.useIt];
    this.question = this.#meaning();
    return make("footer", {}, this.question, this.status, cancel, ...actions);
  }

  #key(event) {
    const isControl = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (isControl && key === "z") {
      event.preventDefault();
      this.#back(event.shiftKey ? this.past.redo() : this.past.undo());
    } else if (!isControl && (key === "[" || key === "]")) {
      const radius = this.radius * (key === "]" ? 1.2 : 1 / 1.2);
      this.brush.value = key === "]" ? Math.ceil(radius) : Math.floor(radius);
      this.brush.dispatchEvent(new Event("input"));
    }
  }
}
