/** Image under its mask: drawn in stripes, zoomed and moved; converts positions on the screen to pixels. */
import { make } from "../../shared/dom.js";
import { faded } from "./distance.js";
import { stripes } from "./stripes.js";

const DEEPEST = 8; // times the size that fits

export class View {
  /** @param {{src: string, width: number, height: number}} picture @param {string} label */
  constructor({ src, width, height }, label) {
    Object.assign(this, { width, height, zoom: 1, left: 0, top: 0 });
    const image = make("img", { src, alt: "", draggable: false });
    this.canvas = make("canvas", { width, height, "aria-label": label, role: "img" });
    this.cursor = make("div", { className: "brush", hidden: true });
    this.sheet = make("div", { className: "sheet" }, image, this.canvas, this.cursor);
    this.sheet.style.aspectRatio = `${width} / ${height}`;
    this.sheet.style.setProperty("--shape", width / height);
    this.node = make("div", { className: "stage" }, this.sheet);
    this.context = this.canvas.getContext("2d");
  }

  /** Draws a mask with its feathered edge; with a box only that part, with a hard edge.
   * @param {import("./bitmap.js").Bitmap} mask @param {number} feather @param {object} [box] */
  draw(mask, feather, box) {
    if (box && (box.right <= box.left || box.bottom <= box.top)) return;
    const shown = box ? mask.data : faded(mask, feather);
    this.context.putImageData(stripes(mask, shown, box), box?.left ?? 0, box?.top ?? 0);
  }

  /** Pixel under a position on the screen; it may lie outside the image. */
  place({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return { x: ((clientX - left) / width) * this.width, y: ((clientY - top) / height) * this.height };
  }

  /** Shows the brush at its position and in its size. @param {number} radius pixels of the image */
  point({ x, y }, radius) {
    this.cursor.hidden = false;
    const part = (value, whole) => `${(100 * value) / whole}%`;
    Object.assign(this.cursor.style, {
      left: part(x - radius, this.width), top: part(y - radius, this.height),
      width: part(2 * radius, this.width), height: part(2 * radius, this.height),
    });
  }

  /** Shows the rectangle that is being drawn; hides it without one. */
  outline(from, to) {
    this.frame ??= this.sheet.appendChild(make("div", { className: "frame" }));
    this.frame.hidden = !from;
    if (!from) return;
    const part = (value, whole) => `${(100 * value) / whole}%`;
    Object.assign(this.frame.style, {
      left: part(Math.min(from.x, to.x), this.width), top: part(Math.min(from.y, to.y), this.height),
      width: part(Math.abs(to.x - from.x), this.width), height: part(Math.abs(to.y - from.y), this.height),
    });
  }

  /** Zooms about a position on the screen, the centre without one, and moves the image.
   * @param {number} factor @param {{x: number, y: number}} [about] @param {{x: number, y: number}} [by] */
  move(factor, about, by = { x: 0, y: 0 }) {
    const stage = this.node.getBoundingClientRect();
    const middle = { x: stage.left + stage.width / 2, y: stage.top + stage.height / 2 };
    const from = about ?? middle;
    const next = Math.max(1, Math.min(DEEPEST, this.zoom * factor));
    const real = next / this.zoom;
    this.left = (this.left - from.x + middle.x) * real + from.x - middle.x + by.x;
    this.top = (this.top - from.y + middle.y) * real + from.y - middle.y + by.y;
    this.zoom = next;
    if (next === 1) this.left = this.top = 0;
    this.#clampPosition(stage);
    this.sheet.style.transform = `translate(${this.left}px, ${this.top}px) scale(${this.zoom})`;
  }

  whole = () => this.move(1 / DEEPEST);

  #clampPosition(stage) {
    const limit = (size, room) => Math.max(0, (size * this.zoom - room) / 2) + (this.zoom > 1 ? 40 : 0);
    const across = limit(this.sheet.offsetWidth, stage.width);
    const down = limit(this.sheet.offsetHeight, stage.height);
    this.left = Math.max(-across, Math.min(across, this.left));
    this.top = Math.max(-down, Math.min(down, this.top));
  }
}
