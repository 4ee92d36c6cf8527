/** Large view of one image, with the settings that made it. */
import { costOf } from "../shared/bill.js";
import { closeButton } from "../shared/close_button.js";
import { address, button, copyButton, make, setText } from "../shared/dom.js";
import { fields } from "../shared/fields.js";
import { dollars } from "../shared/formats.js";
import { alt, fieldName, sizeText } from "../shared/labels.js";
import { closeOnBack } from "../shared/layers.js";
import { inFull, partOf } from "../shared/messages.js";
import { loadStyle } from "../shared/stylesheet.js";
import { isRightToLeft, shown, text } from "../shared/texts.js";
import { duration, lorasOf, refinerOf, speedOf } from "./describe.js";

const SWIPE = 50; // px
/** Step of the right arrow key: the next image stands where the lines end. */
const FORWARD = isRightToLeft ? -1 : 1;

export class Viewer {
  /** @param {() => {tile: object, row: object, picture: object, opener: HTMLElement}[]} images that can be opened
   * @param {import("./actions.js").ImageActions} actions */
  constructor(images, actions) {
    this.images = images;
    this.actions = actions;
    this.isMenuOpen = false;
    this.previous = button("‹", () => this.#go(-1), { className: "turn", "aria-label": text("viewer.previous") });
    this.next = button("›", () => this.#go(1), { className: "turn", "aria-label": text("viewer.next") });
    this.frame = make("div", { className: "large" });
    this.side = make("div", { className: "side" });
    const close = closeButton(() => this.node.close());
    const body = make("div", { className: "body" },
      make("div", { className: "show" }, this.previous, this.frame, this.next), this.side, close);
    this.node = make("dialog", { className: "viewer", "aria-label": text("viewer.title") }, body);
    this.node.addEventListener("click", (event) => event.target === this.node && this.node.close());
    this.node.addEventListener("keydown", (event) => this.#key(event));
    this.node.addEventListener("close", () => this.#closed());
    this.#watchSwipes();
  }

  /** @param {object} tile @param {number} index of the tile's image */
  open(tile, index) {
    this.#draw(tile.row, tile.row.pictures[index]);
    this.node.showModal();
    closeOnBack(this.node);
    this.node.querySelector(".turn:enabled, .close").focus();
  }

  /** Updates the buttons to other images, and the cost, whose bill comes later; the image that is shown stays. */
  refresh() {
    if (!this.current) return;
    const images = this.images();
    const index = this.#indexIn(images);
    this.previous.disabled = index <= 0;
    this.next.disabled = index < 0 || index >= images.length - 1;
    if (index >= 0) setText(this.cost, costOf(images[index].row));
  }

  #indexIn = (images) => images.findIndex(({ picture }) => picture.src === this.current);

  #go(step) {
    const images = this.images();
    const index = this.#indexIn(images);
    const other = index < 0 ? null : images[index + step];
    if (other) this.#draw(other.row, other.picture);
  }

  #draw(row, picture) {
    this.current = picture.src;
    this.index = this.#indexIn(this.images());
    const image = make("img", { alt: alt(row), decoding: "async", src: address(picture.src) });
    image.width = picture.width ?? row.width;
    image.height = picture.height ?? row.height;
    this.frame.replaceChildren(image);
    this.#drawSide(row, picture);
    this.#zoom(image);
    this.side.scrollTop = 0;
    const focused = document.activeElement;
    this.refresh();
    // A button that became disabled would lose the focus, and with it the arrow keys.
    if (focused?.disabled) this.node.querySelector(".turn:enabled, .close").focus();
  }

  #drawSide(row, picture) {
    const putBack = picture.received ? text("shared.put_back") : "";
    const notes = [
      putBack, ...[...(row.notes ?? []), row.seed_note].map(inFull),
      partOf(row.message, "happened"), partOf(row.message, "advice"),
    ].filter(Boolean);
    const place = make("div", { className: "acts-place" });
    this.cost = make("span", {}, costOf(row));
    this.side.replaceChildren(place, facts(row, picture, this.cost), ...notes.map(aside));
    this.#drawActions(place, row, picture);
  }

  async #drawActions(place, row, picture) {
    loadStyle(new URL("./actions.css", import.meta.url).href);
    const { imageActions } = await import("./actions.js");
    place.replaceChildren(...imageActions(row, picture, this.actions, this));
  }

  async #zoom(image) {
    const { Zoom } = await import("./zoom.js");
    this.zoom ??= new Zoom(this.frame);
    if (image.isConnected) this.zoom.fit(image);
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, summary")) return;
    if (this.zoom?.key(event)) return event.preventDefault();
    const step = { ArrowLeft: -FORWARD, ArrowRight: FORWARD }[event.key];
    if (!step) return;
    event.preventDefault();
    this.#go(step);
  }

  #closed() {
    const images = this.images();
    // A deleted image is not in the list any more: the focus goes to the one that took its place.
    const here = images[this.#indexIn(images)] ?? images[Math.min(this.index, images.length - 1)];
    this.current = null;
    this.isMenuOpen = false;
    here?.opener.focus();
  }

  #watchSwipes() {
    let start = null;
    this.frame.addEventListener("touchstart", ({ touches }) => {
      start = touches.length === 1 && !this.zoom?.isZoomed ? touches[0] : null; // two fingers zoom
    }, { passive: true });
    this.frame.addEventListener("touchend", ({ changedTouches: [end] }) => {
      if (!start) return;
      const across = end.clientX - start.clientX;
      const down = end.clientY - start.clientY;
      // Clearly sideways: the same finger also scrolls.
      if (Math.abs(across) > SWIPE && Math.abs(across) > 2 * Math.abs(down)) this.#go(across < 0 ? FORWARD : -FORWARD);
      start = null;
    });
  }
}

const aside = (sentence) => make("p", { className: "aside", dir: "auto" }, sentence);

/** List of an image's settings; those without a value are left out. */
function facts(row, picture, cost) {
  const entries = [
    ...fields().filter(({ key }) => key).flatMap((field) => settingFacts(field, row, picture)),
    [fieldName("model"), modelOf(row)],
    [text("viewer.backend"), shown(row.backend)],
    [text("viewer.price"), cost.textContent && cost],
    [text("viewer.time"), row.inference_ms == null ? null : duration(row.inference_ms)],
    [text("shared.task"), row.task, text("shared.copy_task")],
  ];
  return make("dl", {}, ...entries.filter(([, value]) => value != null && value !== "").map(fact));
}

/** The model, with a link to its page at the service. */
const modelOf = ({ model, model_page: href }) =>
  (href ? make("a", { href, target: "_blank", rel: "noopener noreferrer" }, model) : model);

/** Settings that are not shown as they are, by field; those without a fact of their own are part of another's. */
const FACTS = {
  width: (row, { width, height }) =>
    [[fieldName("size"), sizeText({ width: width ?? row.width, height: height ?? row.height })]],
  height: () => [],
  seed: ({ seed }) => [[fieldName("seed"), seed == null ? null : String(seed), text("viewer.copy_seed")]],
  loras: (row) => [[fieldName("loras"), lorasOf(row).join("\n")]],
  refine: (row) => [[fieldName("refine"), refinerOf(row)]],
  high_noise_frac: () => [],
  refine_steps: () => [],
  preset: (row) => [[fieldName("preset"), speedOf(row)]],
};

const settingFacts = ({ name, key }, row, picture) => FACTS[name]?.(row, picture) ?? [[fieldName(name), row[key]]];

function fact([name, value, copyLabel]) {
  const node = make("dd", { dir: "auto" }, value instanceof Node ? value : shown(value));
  if (copyLabel) node.append(copyButton(value, copyLabel));
  return make("div", {}, make("dt", {}, name), node);
}
