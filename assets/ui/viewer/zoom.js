/** Zoom and pan of the large view: buttons, keys, wheel, two fingers. Fetched when the first image is opened. */
import { button, make } from "../shared/dom.js";
import { loadStyle } from "../shared/stylesheet.js";
import { text } from "../shared/texts.js";

const STEP = 1.5;
const MOST = 4; // screen pixels per pixel of the image
const PAN = 80; // px per arrow key
const CLICK = 5; // px a press may move and still be a click

export class Zoom {
  /** @param {HTMLElement} frame of the image */
  constructor(frame) {
    this.frame = frame;
    this.pointers = new Map(); // pointer id -> its last event
    this.out = button("−", () => this.by(1 / STEP), { "aria-label": text("shared.zoom_out"), title: text("shared.zoom_out") });
    this.in = button("+", () => this.by(STEP), { "aria-label": text("shared.zoom_in"), title: text("shared.zoom_in") });
    this.level = make("output", {});
    this.node = make("div", { className: "zoom", role: "group", "aria-label": text("viewer.zoom") }, this.out, this.level, this.in);
    loadStyle(new URL("./zoom.css", import.meta.url).href);
    frame.parentElement.append(this.node);
    // In a passive listener preventDefault is ignored: the browser would scroll, or zoom the whole page.
    frame.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    frame.addEventListener("pointerdown", (event) => this.#down(event));
    frame.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"]) frame.addEventListener(end, (event) => this.#up(event));
  }

  get isZoomed() {
    return this.scale > 1;
  }

  /** Fits an image into the frame. @param {HTMLImageElement} image */
  fit(image = this.image) {
    Object.assign(this, { image, scale: 1, x: 0, y: 0 });
    image.draggable = false;
    image.onload = () => image === this.image && this.#draw();
    this.#draw();
  }

  /** @param {number} factor @param {{x: number, y: number}} [fixed] point that stays in place, px from the middle */
  by(factor, fixed = { x: 0, y: 0 }) {
    const before = this.scale;
    this.scale = Math.min(Math.max(before * factor, 1), this.#mostScale());
    const ratio = this.scale / before;
    this.x = fixed.x - (fixed.x - this.x) * ratio;
    this.y = fixed.y - (fixed.y - this.y) * ratio;
    this.#draw();
  }

  /** Handles a key. @param {KeyboardEvent} event @returns {boolean} whether it is one of zoom and pan */
  key({ key }) {
    const actions = {
      "+": () => this.by(STEP), "=": () => this.by(STEP), "-": () => this.by(1 / STEP), 0: () => this.fit(),
      ArrowLeft: () => this.#pan(PAN, 0), ArrowRight: () => this.#pan(-PAN, 0),
      ArrowUp: () => this.#pan(0, PAN), ArrowDown: () => this.#pan(0, -PAN),
    };
    if (!actions[key] || (key.startsWith("Arrow") && !this.isZoomed)) return false;
    actions[key]();
    return true;
  }

  #pan(x, y) {
    this.x += x;
    this.y += y;
    this.#draw();
  }

  /** Scale at which a pixel of the image is one of the screen; 2 at least, so that small images are enlarged too. */
  #pixelScale = () => Math.max(2, this.image.naturalWidth / (this.image.offsetWidth || 1));

  /** Screen pixels per pixel of the image while it fits the frame. */
  #fittedShare = () => (this.image.offsetWidth || this.image.width) / (this.image.naturalWidth || this.image.width);

  #mostScale = () => MOST * this.#pixelScale();

  #draw() {
    const { image, frame, scale } = this;
    const overhang = (size, whole) => Math.max(0, (size * scale - whole) / 2);
    const clamp = (value, most) => Math.min(Math.max(value, -most), most);
    this.x = clamp(this.x, overhang(image.offsetWidth, frame.clientWidth));
    this.y = clamp(this.y, overhang(image.offsetHeight, frame.clientHeight));
    image.style.transform = scale === 1 ? "" : `translate(${this.x}px, ${this.y}px) scale(${scale})`;
    frame.classList.toggle("zoomed", this.isZoomed);
    this.out.disabled = !this.isZoomed;
    this.in.disabled = scale >= this.#mostScale();
    const percent = Math.round(100 * scale * this.#fittedShare());
    // Before the picture has come it has no size.
    this.level.textContent = Number.isFinite(percent) ? text("viewer.zoom_level", { percent }) : "";
  }

  #fromMiddle({ clientX, clientY }) {
    const { left, top, width, height } = this.frame.getBoundingClientRect();
    return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
  }

  #wheel(event) {
    if (!event.ctrlKey && !event.metaKey && !this.isZoomed) return; // the page scrolls
    event.preventDefault();
    this.by(Math.exp(-event.deltaY / 300), this.#fromMiddle(event));
  }

  #down(event) {
    if (event.button) return;
    this.pointers.set(event.pointerId, event);
    // Neither two fingers nor a press beside the image are a click. The target is read now: capture makes it the frame.
    this.moved = this.pointers.size > 1 || event.target !== this.image ? Infinity : 0;
    if (this.isZoomed) this.frame.setPointerCapture(event.pointerId);
  }

  #move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const [x, y] = [event.clientX - before.clientX, event.clientY - before.clientY];
    this.moved += Math.abs(x) + Math.abs(y);
    const other = [...this.pointers.values()].find(({ pointerId }) => pointerId !== event.pointerId);
    this.pointers.set(event.pointerId, event);
    if (other) {
      const factor = distance(event, other) / Math.max(1, distance(before, other));
      return this.by(factor, this.#fromMiddle(other));
    }
    if (this.isZoomed) this.#pan(x, y);
  }

  #up(event) {
    const isClick = this.pointers.delete(event.pointerId) && event.type === "pointerup" && this.moved < CLICK;
    if (!isClick) return;
    if (this.isZoomed) this.fit();
    else this.by(this.#pixelScale(), this.#fromMiddle(event));
  }
}

const distance = (one, other) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
