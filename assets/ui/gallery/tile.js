/** Tile of one job: its images, its progress, or what went wrong and what can be done about it. */
import { chargeOf } from "../shared/bill.js";
import { makeAgain, priceOfAgain } from "../press/again.js";
import { address, button, copyButton, make, setText } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { alt, named } from "../shared/labels.js";
import { partOf, sentences } from "../shared/messages.js";
import { pieces, text } from "../shared/texts.js";
import { actionButton, setOff } from "./action_button.js";
import { DismissControl } from "./dismiss_control.js";
import { progress } from "./progress.js";
import { sharpen } from "./sharpen.js";
import { StopControl } from "./stop_control.js";

const ENDED = ["completed", "failed", "unknown", "stopped"];
/** Codes of what another try would meet again: the words, the LoRA or the key must change first. */
const UNCHANGING = /^(?:unsuitable|model_forbidden|engine_lora_\w+)$/;
const MIN_WAIT = 1.2; // seconds a job must wait before it can be cancelled: a button must not flash

/** @param {object} row @returns {boolean} */
export const isEnded = (row) => ENDED.includes(row.state);

/** Whether the server does nothing for a job at present. @param {object} row @returns {boolean} */
export const isResting = (row) => isEnded(row) || Boolean(row.set_aside);

/** Whether a job has ended without an image. @param {object} row @returns {boolean} */
export const isWithoutImage = (row) => isEnded(row) && !(row.state === "completed" && row.pictures.length);

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
 * @property {(row: object) => Promise<boolean>} [remove] resolves to whether the job is deleted
 * @property {(row: object) => Promise<void>} [recheck] @property {(row: object) => Promise<void>} [cancel]
 * @property {(row: object) => Promise<boolean>} [stop] resolves to whether the request was accepted
 * @property {object} messages
 */

export class Tile {
  /** @param {object} row @param {TileActions} actions */
  constructor(row, actions) {
    this.actions = actions;
    this.stage = make("div", { className: "stage" });
    this.links = make("p", { className: "links", hidden: true });
    this.label = make("p", { className: "cell-label", dir: "auto", hidden: true });
    this.badge = make("p", { className: "badge", hidden: true }, text("gallery.practice"));
    this.star = button("", () => actions.setFavourite(this.row), { className: "star", hidden: true });
    this.star.append(icon("star"));
    this.node = make("li", { className: "tile" }, this.stage, this.star, this.badge, this.label, this.links);
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
    this.node.classList.toggle("in-trouble", isWithoutImage(row));
    this.badge.hidden = !(row.is_practice && row.state === "completed");
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

  /** Names the tile among the others of its press: a side of a comparison, a cell of a grid. @param {string} label */
  setLabel(label) {
    setText(this.label, label);
  }

  #drawStar() {
    const { row, star } = this;
    star.hidden = row.state !== "completed" || !row.pictures.length;
    star.setAttribute("aria-pressed", String(Boolean(row.favourite)));
    star.setAttribute("aria-label", text("gallery.favourite", { name: named(row) }));
    star.title = text("shared.favourite");
  }

  #drawLinks() {
    const links = this.row.links.filter((link) => /^https?:/i.test(link));
    const files = this.row.files ?? [];
    this.links.hidden = !links.length && !files.length;
    const atService = links.length > 1
      ? (number) => text("gallery.at_service_numbered", { number }) : () => text("gallery.at_service");
    const stored = files.length > 1
      ? (number) => text("gallery.stored_file_numbered", { number }) : () => text("gallery.stored_file");
    this.links.replaceChildren(
      ...links.map((href, index) =>
        make("a", { href, target: "_blank", rel: "noopener noreferrer" }, atService(index + 1))),
      ...files.map((file, index) => make("a", { href: address(file), download: "" }, stored(index + 1))),
    );
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
    box.style.setProperty("--shape", `${width || 1} / ${height || 1}`);
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
    const reveal = () => {
      box.classList.add("seen");
      sharpen(image, address(picture.src));
    };
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
    this.message = make("div", { className: "words" });
    this.messageText = "";
    const box = make("div", { className: "trouble" }, make("strong", {}, text(`gallery.trouble.${row.state}`)), this.message);
    if (row.can_look_again) box.append(this.#recheckButton());
    if (canTryAgain(row)) {
      const again = button(text("shared.try_again"), () => makeAgain(row, { seed: "same" }), { className: "minor again" });
      again.append(priceOfAgain(row));
      box.append(again);
    }
    if (row.task) box.append(taskDetails(row.task));
    // What may still turn up is not deleted, nor a record that cannot be read.
    if (this.actions.remove && !row.can_look_again && row.seed != null) {
      box.append(...new DismissControl(() => this.row, this.actions.remove).nodes);
    }
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

/** Whether another try may end otherwise: not for a job that may still arrive, nor where a setting was refused. */
const canTryAgain = (row) => row.seed != null && !row.can_look_again && !row.field && row.state !== "completed" &&
  !UNCHANGING.test(row.message?.code);

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
