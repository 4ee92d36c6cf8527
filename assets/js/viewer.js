/** The large view of one picture, with the settings that made it. */
import { address, button, copyButton, make } from "./dom.js";
import { downloads } from "./downloads.js";
import { useResult } from "./picture.js";
import { loadStyle } from "./style_sheet.js";
import { words } from "./words.js";

const SWIPE = 50; // px

export class Viewer {
  /** @param {() => {tile: object, row: object, picture: object, opener: HTMLElement}[]} pictures
   * @param {import("./viewer_acts.js").Means} means */
  constructor(pictures, means) {
    this.pictures = pictures;
    this.means = means;
    this.previous = button("‹", () => this.#go(-1), { className: "turn", "aria-label": words.previous });
    this.next = button("›", () => this.#go(1), { className: "turn", "aria-label": words.next });
    this.picture = make("div", { className: "large" });
    this.side = make("div", { className: "side" });
    const close = button("×", () => this.node.close(), { className: "close", "aria-label": words.close });
    const body = make("div", { className: "body" },
      make("div", { className: "show" }, this.previous, this.picture, this.next), this.side, close);
    this.node = make("dialog", { className: "viewer", "aria-label": words.viewer }, body);
    this.node.addEventListener("click", (event) => event.target === this.node && this.node.close());
    this.node.addEventListener("keydown", (event) => this.#key(event));
    this.node.addEventListener("close", () => this.#closed());
    this.#watchSwipes();
  }

  /** @param {object} tile @param {number} index which of the tile's pictures */
  open(tile, index) {
    this.#draw(tile.row, tile.row.pictures[index]);
    this.node.showModal();
    this.node.querySelector(".turn:enabled, .close").focus();
  }

  /** New pictures change where one can go, never what is looked at. */
  refresh() {
    if (!this.current) return;
    const pictures = this.pictures();
    const at = this.#at(pictures);
    this.previous.disabled = at <= 0;
    this.next.disabled = at < 0 || at >= pictures.length - 1;
  }

  #at = (pictures) => pictures.findIndex(({ picture }) => picture.src === this.current);

  #go(step) {
    const pictures = this.pictures();
    const at = this.#at(pictures);
    const other = at < 0 ? null : pictures[at + step];
    if (other) this.#draw(other.row, other.picture);
  }

  #draw(row, picture) {
    this.current = picture.src;
    this.place = this.#at(this.pictures());
    const image = make("img", { alt: words.alt(row), decoding: "async", src: address(picture.src) });
    image.width = picture.width ?? row.width;
    image.height = picture.height ?? row.height;
    this.picture.replaceChildren(image);
    const putBack = picture.received ? words.putBack : "";
    const asides = [putBack, row.note, row.seed_note, row.happened, row.advice].filter(Boolean);
    const startFrom = button(words.startFrom, () => {
      this.node.close();
      this.means.leave?.();
      useResult(row, row.pictures.indexOf(picture));
    }, { className: "start-from" });
    const acts = make("div", {});
    this.side.replaceChildren(...downloads(picture), startFrom, acts, facts(row, picture), ...asides.map(aside));
    this.#offer(acts, row, picture);
    this.#zoom(image);
    this.side.scrollTop = 0;
    const focused = document.activeElement;
    this.refresh();
    // A button that became disabled would drop the focus, and with it the arrow keys.
    if (focused?.disabled) this.node.querySelector(".turn:enabled, .close").focus();
  }

  async #offer(place, row, picture) {
    loadStyle(new URL("viewer_acts.css", import.meta.url).href);
    const { acts } = await import("./viewer_acts.js");
    place.append(...acts(row, picture, this.means, () => this.node.close()));
  }

  async #zoom(image) {
    const { Zoom } = await import("./zoom.js");
    this.zoom ??= new Zoom(this.picture);
    if (image.isConnected) this.zoom.fit(image);
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, summary")) return;
    if (this.zoom?.key(event)) return event.preventDefault();
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.#go(step);
  }

  #closed() {
    const pictures = this.pictures();
    const here = pictures[this.#at(pictures)] ?? pictures[Math.min(this.place, pictures.length - 1)]; // it was deleted
    this.current = null;
    here?.opener.focus();
  }

  #watchSwipes() {
    let start = null;
    this.picture.addEventListener("touchstart", ({ touches }) => {
      start = touches.length === 1 && !this.zoom?.isZoomed ? touches[0] : null; // two fingers zoom
    }, { passive: true });
    this.picture.addEventListener("touchend", ({ changedTouches: [end] }) => {
      if (!start) return;
      const across = end.clientX - start.clientX;
      const down = end.clientY - start.clientY;
      if (Math.abs(across) > SWIPE && Math.abs(across) > 2 * Math.abs(down)) this.#go(across < 0 ? 1 : -1);
      start = null;
    });
  }
}

const aside = (sentence) => make("p", { className: "aside", dir: "auto" }, sentence);

function facts(row, picture) {
  const names = words.facts;
  const list = make("dl", {});
  const add = (name, value, copied) => {
    if (value == null || value === "") return;
    const said = make("dd", { dir: "auto" }, String(value));
    if (copied) said.append(copyButton(String(value), name));
    list.append(make("div", {}, make("dt", {}, name), said));
  };
  add(names.prompt, row.prompt);
  add(names.negative, row.negative_prompt);
  add(names.size, `${picture.width ?? row.width} × ${picture.height ?? row.height}`);
  add(names.steps, row.num_inference_steps);
  add(names.guidance, row.guidance_scale);
  add(names.speed, words.speed(row));
  add(names.strength, row.strength);
  add(names.refiner, words.refiner(row));
  add(names.seed, row.seed, true);
  add(names.loras, row.loras.map(({ path, scale }) => `${path} @ ${scale}`).join("\n"));
  add(names.model, row.model);
  add(names.backend, row.backend);
  add(names.price, row.price);
  add(names.time, row.inference_ms == null ? null : words.seconds(row.inference_ms));
  add(words.task, row.task, true);
  return list;
}
