/** Undo history of a mask. Each step is stored as run lengths: a mask of 1536 x 1536 takes a few kB. */
import { Bitmap } from "./bitmap.js";

const MOST_STEPS = 100;

/** @param {Bitmap} mask @returns {Uint32Array} lengths of runs, black first */
function packed({ data }) {
  const runs = [];
  let value = 0;
  let since = 0;
  for (let at = 0; at < data.length; at++) {
    if (data[at] === value) continue;
    runs.push(at - since);
    since = at;
    value = data[at];
  }
  runs.push(data.length - since);
  return Uint32Array.from(runs);
}

function unpacked(runs, width, height) {
  const mask = new Bitmap(width, height);
  let at = 0;
  runs.forEach((length, number) => {
    if (number % 2) mask.data.fill(255, at, at + length);
    at += length;
  });
  return mask;
}

export class History {
  #steps = [];
  #at = -1;

  /** @param {Bitmap} mask as it is before the first step */
  constructor(mask) {
    Object.assign(this, { width: mask.width, height: mask.height });
    this.keep(mask);
  }

  /** Adds a step and drops those that were undone; what changes nothing is no step. @param {Bitmap} mask as it is after it */
  keep(mask) {
    const runs = packed(mask);
    if (String(runs) === String(this.#steps[this.#at])) return;
    this.#steps.splice(this.#at + 1, Infinity, runs);
    if (this.#steps.length > MOST_STEPS) this.#steps.shift();
    this.#at = this.#steps.length - 1;
  }

  get canUndo() { return this.#at > 0; }

  get canRedo() { return this.#at < this.#steps.length - 1; }

  undo = () => (this.canUndo ? this.#go(-1) : null);

  redo = () => (this.canRedo ? this.#go(1) : null);

  /** Mask after the current step. */
  now = () => this.#go(0);

  #go(by) {
    this.#at += by;
    return unpacked(this.#steps[this.#at], this.width, this.height);
  }
}
