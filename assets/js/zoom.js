/** Zoom of the large view: buttons, keys, wheel, two fingers; dragged while it is zoomed. Fetched when first opened. */
import { button, make } from "./dom.js";
import { loadStyle } from "./style_sheet.js";
import { words } from "./viewer_words.js";

const STEP = 1.5;
const MOST = 4; // times the picture's own pixels
const PAN = 80; // px an arrow key moves
const STILL = 5; // px a press may move and still be a click

export class Zoom {
  /** @param {HTMLElement} frame in which the picture stands */
  constructor(frame) {
    this.frame = frame;
    this.fingers = new Map(); // pointer id -> where it is
    this.out = button("−", () => this.by(1 / STEP), { "aria-label": words.zoomOut, title: words.zoomOut });
    this.in = button("+", () => this.by(STEP), { "aria-label": words.zoomIn, title: words.zoomIn });
    this.node = make("div", { className: "zoom", role: "group", "aria-label": words.zoom }, this.out, this.in);
    loadStyle(new URL("./zoom.css", import.meta.url).href);
    frame.parentElement.append(this.node);
    frame.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    frame.addEventListener("pointerdown", (event) => this.#down(event));
    frame.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"]) frame.addEventListener(end, (event) => this.#up(event));
  }

  get isZoomed() {
    return this.scale > 1;
  }

  /** Fits a picture into its frame. @param {HTMLImageElement} image */
  fit(image = this.image) {
    Object.assign(this, { image, scale: 1, x: 0, y: 0 });
    image.draggable = false;
    this.#draw();
  }

  /** @param {number} factor @param {{x: number, y: number}} [at] what stays where it is, from the frame's middle, px */
  by(factor, at = { x: 0, y: 0 }) {
    const before = this.scale;
    this.scale = Math.min(Math.max(before * factor, 1), this.#most());
    const grown = this.scale / before;
    this.x = at.x - (at.x - this.x) * grown;
    this.y = at.y - (at.y - this.y) * grown;
    this.#draw();
  }

  /** Does what a key asks for. @param {KeyboardEvent} event @returns {boolean} whether it was one of zoom's */
  key({ key }) {
    const ways = {
      "+": () => this.by(STEP), "=": () => this.by(STEP), "-": () => this.by(1 / STEP), 0: () => this.fit(),
      ArrowLeft: () => this.#pan(PAN, 0), ArrowRight: () => this.#pan(-PAN, 0),
      ArrowUp: () => this.#pan(0, PAN), ArrowDown: () => this.#pan(0, -PAN),
    };
    if (!ways[key] || (key.startsWith("Arrow") && !this.isZoomed)) return false;
    ways[key]();
    return true;
  }

  #pan(x, y) {
    this.x += x;
    this.y += y;
    this.#draw();
  }

  /** One pixel of the picture on one of the screen's, at the least twice as large as it fits. */
  #own = () => Math.max(2, this.image.naturalWidth / (this.image.offsetWidth || 1));

  #most = () => MOST * this.#own();

  #draw() {
    const { image, frame, scale } = this;
    const room = (size, whole) => Math.max(0, (size * scale - whole) / 2);
    const within = (value, most) => Math.min(Math.max(value, -most), most);
    this.x = within(this.x, room(image.offsetWidth, frame.clientWidth));
    this.y = within(this.y, room(image.offsetHeight, frame.clientHeight));
    image.style.transform = scale === 1 ? "" : `translate(${this.x}px, ${this.y}px) scale(${scale})`;
    frame.classList.toggle("zoomed", this.isZoomed);
    this.out.disabled = !this.isZoomed;
    this.in.disabled = scale >= this.#most();
  }

  #fromMiddle({ clientX, clientY }) {
    const { left, top, width, height } = this.frame.getBoundingClientRect();
    return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
  }

  #wheel(event) {
    if (!event.ctrlKey && !event.metaKey && !this.isZoomed) return; // else the page may scroll
    event.preventDefault();
    this.by(Math.exp(-event.deltaY / 300), this.#fromMiddle(event));
  }

  #down(event) {
    if (event.button) return;
    this.fingers.set(event.pointerId, event);
    // Two fingers never click, and a press beside the picture is none on it. Once captured, all targets are the frame.
    this.moved = this.fingers.size > 1 || event.target !== this.image ? Infinity : 0;
    if (this.isZoomed) this.frame.setPointerCapture(event.pointerId);
  }

  #move(event) {
    const before = this.fingers.get(event.pointerId);
    if (!before) return;
    const [x, y] = [event.clientX - before.clientX, event.clientY - before.clientY];
    this.moved += Math.abs(x) + Math.abs(y);
    const other = [...this.fingers.values()].find(({ pointerId }) => pointerId !== event.pointerId);
    this.fingers.set(event.pointerId, event);
    if (other) return this.by(apart(event, other) / Math.max(1, apart(before, other)), this.#fromMiddle(other));
    if (this.isZoomed) this.#pan(x, y);
  }

  #up(event) {
    const isClick = this.fingers.delete(event.pointerId) && event.type === "pointerup" && this.moved < STILL;
    if (!isClick) return;
    if (this.isZoomed) this.fit();
    else this.by(this.#own(), this.#fromMiddle(event));
  }
}

const apart = (one, other) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
