/** Tile of one job: its images or its progress, its prompt and what can be done with it. */
import { canCompare } from "../compare/pairs.js";
import { chargeOf } from "../shared/bill.js";
import { address, button, copyButton, make, setText } from "../shared/dom.js";
import { alt, named } from "../shared/labels.js";
import { inFull, partOf, sentences } from "../shared/messages.js";
import { pieces, text } from "../shared/texts.js";
import { actionButton, setOff } from "./action_button.js";
import { progress } from "./progress.js";
import { StopControl } from "./stop_control.js";

const ENDED = ["completed", "failed", "unknown", "stopped"];
const MIN_WAIT = 1.2; // seconds a job must wait before it can be cancelled: a button must not flash

/** @param {object} row @returns {boolean} */
export const isEnded = (row) => ENDED.includes(row.state);

/** Whether the server does nothing for a job at present. @param {object} row @returns {boolean} */
export const isResting = (row) => isEnded(row) || Boolean(row.set_aside);

/** Images of a list that can be opened, in its order.
 * @param {HTMLElement} list @param {Map<string, Tile>} tiles by job id
 * @returns {{tile: Tile, row: object, picture: object, opener: HTMLElement}[]} */
export const openable = (list, tiles) =>
  [...list.querySelectorAll(".open:enabled")].map((opener) => {
    const tile = tiles.get(opener.closest("li").dataset.job);
    return { tile, row: tile.row, picture: tile.row.pictures[opener.dataset.picture], opener };
  });

/**
 * @typedef {object} TileActions
 * @property {(tile: Tile, index: number) => void} open @property {(row: object) => void} setFavourite
 * @property {(row: object) => void} [compare] @property {(row: object) => void} [grid]
 * @property {(row: object) => Promise<void>} [recheck] @property {(row: object) => Promise<void>} [cancel]
 * @property {(row: object) => Promise<boolean>} [stop] resolves to whether the request was accepted
 * @property {object} messages
 */

export class Tile {
  /** @param {object} row @param {TileActions} actions */
  constructor(row, actions) {
    this.actions = actions;
    this.stage = make("div", { className: "stage" });
    this.prompt = make("p", { className: "prompt", dir: "auto" });
    this.seed = make("p", { className: "seed" });
    this.note = make("p", { className: "note", dir: "auto", hidden: true });
    this.links = make("p", { className: "links", hidden: true });
    this.side = make("p", { className: "side-of-pair", hidden: true });
    this.compare = button(text("gallery.compare"), () => actions.compare(this.row), { className: "small", hidden: true });
    this.grid = button(text("gallery.grid"), () => actions.grid(this.row), { className: "small", hidden: true });
    this.star = button("☆", () => actions.setFavourite(this.row), { className: "star", hidden: true });
    this.node = make("li", { className: "tile" },
      this.stage, this.star, this.side, this.compare, this.grid, this.prompt, this.seed, this.note, this.links);
    this.node.dataset.job = row.id;
    this.update(row, 0);
  }

  /** Draws what has changed, and only that. @param {object} row @param {number} now the server's clock, unix seconds */
  update(row, now) {
    const drawn = JSON.stringify(row);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.wasSeenUnfinished ||= !isEnded(row);
    this.row = row;
    if (this.node.dataset.state !== row.state) this.node.dataset.state = row.state;
    this.node.classList.toggle("resting", isResting(row));
    setText(this.prompt, row.prompt);
    setText(this.seed, row.seed == null ? "" : text("gallery.seed", { seed: String(row.seed) }));
    setText(this.note, noteOf(row));
    this.#drawLinks();
    this.#drawStar();
    this.#keepFocus(() => this.#drawStage(now));
  }

  /** Updates what counts seconds. @param {number} now */
  tick(now) {
    const { row } = this;
    if (isEnded(row)) return;
    setText(this.status, row.set_aside ? text("gallery.paused") : progress(row, now));
    // The button stays while the submit is under way: the API may reject that, and the job waits again.
    const canCancel = row.can_take_back && now - row.created > MIN_WAIT;
    this.cancel.hidden = row.state !== "waiting" || (this.cancel.hidden && !canCancel);
    setOff(this.cancel, !row.can_take_back);
    this.stop.update(row, row.can_stop && now - row.created >= MIN_WAIT);
  }

  /** Labels the tile as one side of a comparison. @param {?object} other the row of the other side */
  pairWith(other) {
    const side = this.row.loras.length ? "shared.with_lora" : "shared.without_lora";
    setText(this.side, other ? text(side) : "");
    this.compare.hidden = !other || !canCompare(this.row) || !canCompare(other);
  }

  #drawStar() {
    const { row, star } = this;
    star.hidden = row.state !== "completed" || !row.pictures.length;
    star.textContent = row.favourite ? "★" : "☆";
    star.setAttribute("aria-pressed", String(Boolean(row.favourite)));
    star.setAttribute("aria-label", text("gallery.favourite", { name: named(row) }));
    star.title = text("shared.favourite");
  }

  #drawLinks() {
    const links = this.row.links.filter((link) => /^https?:/i.test(link));
    this.links.hidden = !links.length;
    this.links.replaceChildren(...links.map((href, index) => {
      const label = links.length > 1
        ? text("gallery.at_service_numbered", { number: index + 1 }) : text("gallery.at_service");
      return make("a", { href, target: "_blank", rel: "noopener noreferrer" }, label);
    }));
  }

  #drawStage(now) {
    const { row } = this;
    if (!isEnded(row)) {
      if (!this.status) this.stage.replaceChildren(this.#frame());
      this.#drawProgress();
      return this.tick(now);
    }
    this.status = null;
    const hasImages = row.state === "completed" && row.pictures.length;
    this.#drawEnded(hasImages);
    if (!hasImages) this.#drawMessage(sentences(row.message, chargeOf(row)));
  }

  #drawEnded(hasImages) {
    // The nodes of an ended job depend on these alone: a later bill or note must not load its images again.
    const { state, pictures, task, can_look_again: canRecheck } = this.row;
    const shown = JSON.stringify([state, pictures, task, canRecheck]);
    if (shown === this.shown) return;
    this.shown = shown;
    this.stage.replaceChildren(...(hasImages ? pictures.map((_, index) => this.#image(index)) : [this.#trouble()]));
    this.stage.classList.toggle("several", pictures.length > 1);
  }

  /** Draws the stage. A focus that was on what is gone then goes on to what stands there. */
  #keepFocus(draw) {
    const { stage } = this;
    const focused = stage.contains(document.activeElement) && document.activeElement;
    draw();
    if (!focused || (focused.isConnected && focused.offsetParent)) return;
    const next = stage.querySelector(".open:enabled") ?? stage.firstElementChild;
    if (!next.matches("button")) next.tabIndex = -1;
    next.focus({ preventScroll: true });
  }

  /** Box in the image's shape, so that nothing moves when the image arrives. */
  #box(className, width = this.row.width, height = this.row.height) {
    const box = make("div", { className });
    box.style.aspectRatio = `${width || 1} / ${height || 1}`;
    return box;
  }

  /** Box of an unfinished job. */
  #frame() {
    this.status = make("p", { className: "status" });
    this.message = make("div", { className: "message" });
    this.cancel = actionButton(text("gallery.cancel"), text("gallery.cancelling"), () => this.actions.cancel(this.row));
    this.cancel.hidden = true;
    this.stop = new StopControl(() => this.actions.stop(this.row));
    this.recheck = this.#recheckButton();
    this.bar = make("div", { className: "line" });
    this.messageText = this.shown = "";
    this.preview = make("img", { className: "preview", alt: "", hidden: true, decoding: "async" });
    const frame = this.#box("frame");
    frame.append(this.preview, this.status, this.message, this.cancel, this.stop.node, this.recheck, this.bar);
    return frame;
  }

  #drawProgress() {
    const { row } = this;
    const { step, steps } = row;
    const isCounted = row.state === "waiting" && row.next_send; // the status repeats what happened then
    this.#drawMessage(sentences(row.message).slice(isCounted ? 1 : 0));
    this.recheck.hidden = !row.can_look_again;
    this.bar.hidden = !steps || step == null;
    this.#drawPreview();
    this.bar.style.transform = `scaleX(${Math.min(1, (step ?? 0) / (steps || 1))})`;
  }

  #drawPreview() {
    const { preview } = this.row;
    this.preview.hidden = !preview;
    if (preview && this.preview.getAttribute("src") !== preview) this.preview.src = preview;
  }

  #drawMessage(lines) {
    const shown = lines.join("\n");
    if (shown === this.messageText) return;
    this.messageText = shown;
    this.message.replaceChildren(...lines.map(paragraph));
  }

  #image(index) {
    const { row } = this;
    const picture = row.pictures[index];
    const number = row.pictures.length > 1 ? index + 1 : 0;
    const box = this.#box("picture", picture.width ?? row.width, picture.height ?? row.height);
    const open = () => this.actions.open(this, index);
    const opener = button("", open, { className: "open", "aria-label": openLabel(row, number) });
    opener.dataset.picture = index;
    box.append(opener);
    this.#load(box, opener, picture, alt(row, number));
    if (picture.nsfw) cover(box, opener);
    return box;
  }

  #load(box, opener, picture, description) {
    const image = make("img", {
      alt: description,
      decoding: "async",
      // What was waited for loads at once; of a long list of older images only those that come into sight.
      loading: this.wasSeenUnfinished ? "eager" : "lazy",
      width: picture.width ?? this.row.width,
      height: picture.height ?? this.row.height,
    });
    const reveal = () => box.classList.add("seen");
    image.onload = () => image.decode().then(reveal, reveal); // a decoded image appears at once, without a flash
    image.onerror = () => {
      image.remove();
      box.append(this.#lostImage(() => this.#load(box, opener, picture, description)));
    };
    image.src = address(picture.thumb);
    image.oncontextmenu = () => (image.src = address(picture.src)); // its menu saves the image that is shown
    opener.replaceChildren(image);
  }

  #lostImage(load) {
    const retry = button(text("shared.try_again"), () => {
      node.remove();
      load();
    });
    const happened = partOf(this.actions.messages.picture_not_loaded, "happened");
    const node = make("div", { className: "over" }, make("p", {}, happened), retry);
    return node;
  }

  #trouble() {
    const { row } = this;
    const box = this.#box("trouble");
    this.message = make("div", { className: "words" });
    this.messageText = "";
    box.append(make("strong", {}, text(`gallery.trouble.${row.state}`)), this.message);
    if (row.can_look_again) box.append(this.#recheckButton());
    if (row.task) box.append(taskDetails(row.task));
    return box;
  }

  #recheckButton() {
    return actionButton(text("gallery.recheck"), text("gallery.rechecking"), () => this.actions.recheck(this.row));
  }
}

function openLabel(row, number) {
  const name = named(row);
  return number ? text("gallery.open_numbered", { name, number }) : text("gallery.open", { name });
}

/** Notes below a tile. The images of one click share theirs, which stand at the first. */
function noteOf(row) {
  const shared = row.number === 1 ? [...(row.notes ?? []), row.seed_note].map(inFull) : [];
  const putBack = row.pictures.some(({ received }) => received) ? text("shared.put_back") : "";
  const own = row.state === "completed" ? [putBack, partOf(row.message, "happened"), partOf(row.message, "advice")] : [];
  return [...shared, ...own].filter(Boolean).join(" ");
}

/** Covers an image that is marked as sensitive until its button is pressed. */
function cover(box, opener) {
  box.classList.add("covered");
  opener.disabled = true;
  const show = button(text("gallery.sensitive"), () => {
    box.classList.remove("covered");
    opener.disabled = false;
    node.remove();
    opener.focus();
  });
  const node = make("div", { className: "over" }, show);
  box.append(node);
}

const paragraph = (sentence) => make("p", { dir: "auto" }, sentence);

function taskDetails(task) {
  const line = make("p", {}, ...pieces("shared.task_is", { task: make("code", {}, task) }));
  const copy = copyButton(task, text("shared.copy_task"));
  return make("details", {}, make("summary", {}, text("gallery.details")), line, copy);
}
