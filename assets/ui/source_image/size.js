/** Width and height of the form: read, set to those of an image, and watched. Fetched with the first source image. */
import { withShape } from "../shape/shape.js";
import { numberInput } from "../shared/dom.js";

const SETTLED_MS = 300; // after a change, until the image is fitted again
const DRAWN_MS = 600; // in which Gradio has drawn sliders that were set
const SMALLEST = 64; // pixels
const CONTROLS = "#field-width, #field-height, #shape, #swap-size";

/** @typedef {{width: number, height: number}} Size pixels */

/** @type {?Size} */
let requested = null;

/** Hook: the size that was set, with its shape. */
export const size_of_image = () => withShape(requested);

export class FormSize {
  /** @param {() => void} start starts the listener whose hook is `size_of_image`: Gradio sets its fields only from one
   * @param {(size: Size) => void} onSize gets the size of the form when it has settled */
  constructor(start, onSize) {
    Object.assign(this, { start, onSize, drawnAt: 0, timer: 0 });
    const onChange = (event) => {
      // Only the visitor's own changes count: Gradio dispatches events too when it draws a size that was set.
      if (event.isTrusted && event.target.closest?.(CONTROLS)) this.#reportIn(SETTLED_MS);
    };
    for (const name of ["input", "change", "click"]) addEventListener(name, onChange, true);
  }

  /** Moves the sliders. @param {Size} size */
  set({ width, height }) {
    requested = { width, height };
    this.drawnAt = performance.now() + DRAWN_MS;
    this.start();
  }

  /** @returns {?Size} null while an input holds no valid number */
  read() {
    const [width, height] = ["width", "height"].map((field) => Number(numberInput(field)?.value));
    return width >= SMALLEST && height >= SMALLEST ? { width: Math.round(width), height: Math.round(height) } : null;
  }

  /** Reports the size of the form, as soon as a size that was set is drawn: the old one stands there until then. */
  report() {
    const wait = this.drawnAt - performance.now();
    if (wait > 0) return this.#reportIn(wait);
    const size = this.read();
    if (size) this.onSize(size);
  }

  #reportIn(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.report(), ms);
  }
}
