/** Mask: one byte a pixel, 255 where the image changes and 0 where it stays. Hard edges; no DOM. */
export class Bitmap {
  /** @param {number} width pixels @param {number} height pixels @param {Uint8Array} [data] row by row */
  constructor(width, height, data = new Uint8Array(width * height)) {
    Object.assign(this, { width, height, data });
  }

  clone = () => new Bitmap(this.width, this.height, this.data.slice());

  /** Sets every pixel whose centre lies within `radius` of the line between two points.
   * @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 @param {number} radius pixels
   * @param {number} value 255 draws, 0 erases */
  stroke(x0, y0, x1, y1, radius, value) {
    const along = { x: x1 - x0, y: y1 - y0 };
    const length = along.x ** 2 + along.y ** 2;
    const box = this.clip(Math.min(x0, x1) - radius, Math.min(y0, y1) - radius,
      Math.max(x0, x1) + radius, Math.max(y0, y1) + radius);
    for (let y = box.top; y < box.bottom; y++) {
      for (let x = box.left; x < box.right; x++) {
        const from = { x: x + 0.5 - x0, y: y + 0.5 - y0 };
        const part = length ? Math.max(0, Math.min(1, (from.x * along.x + from.y * along.y) / length)) : 0;
        const distance = (from.x - part * along.x) ** 2 + (from.y - part * along.y) ** 2;
        if (distance <= radius ** 2) this.data[y * this.width + x] = value;
      }
    }
    return box;
  }

  /** Sets a rectangle; what lies outside the image is cut off. Corners in pixels, right and bottom excluded. */
  rectangle(left, top, right, bottom, value) {
    const box = this.clip(Math.round(left), Math.round(top), Math.round(right), Math.round(bottom));
    for (let y = box.top; y < box.bottom; y++) {
      this.data.fill(value, y * this.width + box.left, y * this.width + box.right);
    }
    return box;
  }

  fill = (value) => void this.data.fill(value);

  invert() {
    for (let at = 0; at < this.data.length; at++) this.data[at] = 255 - this.data[at];
  }

  /** Share of the image that changes, 0 to 1. */
  get share() {
    let white = 0;
    for (const value of this.data) if (value) white++;
    return white / this.data.length;
  }

  /** Part of a box that lies in the image. */
  clip(left, top, right, bottom) {
    const within = (value, limit) => Math.max(0, Math.min(limit, value));
    return {
      left: within(Math.floor(left), this.width), top: within(Math.floor(top), this.height),
      right: within(Math.ceil(right), this.width), bottom: within(Math.ceil(bottom), this.height),
    };
  }
}

/** Position of an image in its frame, in pixels: it may reach beyond it.
 * @typedef {{x: number, y: number, width: number, height: number}} Placement */

/** Carries a mask over to another fit of the same image.
 * @param {Bitmap} mask @param {Placement} from @param {Placement} to @param {number} width @param {number} height */
export function carried(mask, from, to, width, height) {
  const next = new Bitmap(width, height);
  for (let y = 0; y < height; y++) {
    const oldY = Math.floor(from.y + ((y + 0.5 - to.y) / to.height) * from.height);
    if (oldY < 0 || oldY >= mask.height) continue;
    for (let x = 0; x < width; x++) {
      const oldX = Math.floor(from.x + ((x + 0.5 - to.x) / to.width) * from.width);
      if (oldX >= 0 && oldX < mask.width) next.data[y * width + x] = mask.data[oldY * mask.width + oldX];
    }
  }
  return next;
}
