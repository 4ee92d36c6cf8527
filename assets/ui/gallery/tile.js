/** Tile of one job: its images or its progress, its prompt and what can be done with it. */
import { canCompare } from "../compare/pairs.js";
import { address, button, copyButton, make, setText } from "../shared/dom.js";
import { inFull, partOf, sentences } from "../shared/messages.js";
import { words as labels } from "../shared/words.js";
import { words } from "./words.js";

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
    this.compare = button(words.compare, () => actions.compare(this.row), { className: "small", hidden: true });
    this.grid = button(words.grid, () => actions.grid(this.row), { className: "small", hidden: true });
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
    setText(this.seed, words.seed(row));
    setText(this.note, noteOf(row));
    this.#drawLinks();
    this.#drawStar();
    this.#drawStage(now);
  }

  /** Updates what counts seconds. @param {number} now */
  tick(now) {
    const { row } = this;
    if (isEnded(row)) return;
    setText(this.status, row.set_aside ? words.paused : words.progress(row, now));
    // The button stays while the submit is under way: the API may reject that, and the job waits again.
    const canCancel = row.can_take_back && now - row.created > MIN_WAIT;
    this.cancel.hidden = row.state !== "waiting" || (this.cancel.hidden && !canCancel);
    this.cancel.disabled = !row.can_take_back;
    this.stop.hidden = !row.can_stop || now - row.created < MIN_WAIT;
  }

  /** Labels the tile as one side of a comparison. @param {?object} other the row of the other side */
  pairWith(other) {
    setText(this.side, other ? (this.row.loras.length ? labels.withLora : labels.withoutLora) : "");
    this.compare.hidden = !other || !canCompare(this.row) || !canCompare(other);
  }

  #drawStar() {
    const { row, star } = this;
    star.hidden = row.state !== "completed" || !row.pictures.length;
    star.textContent = row.favourite ? "★" : "☆";
    star.setAttribute("aria-pressed", String(Boolean(row.favourite)));
    star.setAttribute("aria-label", words.favourite(row));
    star.title = words.favouriteHint;
  }

  #drawLinks() {
    const links = this.row.links.filter((link) => /^https?:/i.test(link));
    this.links.hidden = !links.length;
    this.links.replaceChildren(...links.map((href, index) => {
      const text = words.atService(links.length > 1 ? index + 1 : 0);
      return make("a", { href, target: "_blank", rel: "noopener noreferrer" }, text);
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
    // The stage of an ended job depends on these alone: a later price or note must not load its images again.
    const { state, pictures, message, task, can_look_again: canRecheck } = row;
    const shown = JSON.stringify([state, pictures, message, task, canRecheck]);
    if (shown === this.shown) return;
    this.shown = shown;
    const hasImages = state === "completed" && pictures.length;
    this.stage.replaceChildren(...(hasImages ? pictures.map((_, index) => this.#image(index)) : [this.#trouble()]));
    this.stage.classList.toggle("several", pictures.length > 1);
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
    this.cancel = this.#actionButton(words.cancel, words.cancelling, () => this.actions.cancel(this.row));
    this.cancel.hidden = true;
    this.stop = this.#actionButton(words.stop, words.stopping, () => this.actions.cancel(this.row));
    this.stop.hidden = true;
    this.recheck = this.#recheckButton();
    this.bar = make("div", { className: "line" });
    this.messageText = this.shown = "";
    this.preview = make("img", { className: "preview", alt: "", hidden: true, decoding: "async" });
    const frame = this.#box("frame");
    frame.append(this.preview, this.status, this.message, this.cancel, this.stop, this.recheck, this.bar);
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
    const text = lines.join("\n");
    if (text === this.messageText) return;
    this.messageText = text;
    this.message.replaceChildren(...lines.map(paragraph));
  }

  #image(index) {
    const { row } = this;
    const picture = row.pictures[index];
    const number = row.pictures.length > 1 ? index + 1 : 0;
    const box = this.#box("picture", picture.width ?? row.width, picture.height ?? row.height);
    const open = () => this.actions.open(this, index);
    const opener = button("", open, { className: "open", "aria-label": words.open(row, number) });
    opener.dataset.picture = index;
    box.append(opener);
    this.#load(box, opener, picture, labels.alt(row, number));
    if (picture.nsfw) cover(box, opener);
    return box;
  }

  #load(box, opener, picture, alt) {
    const image = make("img", {
      alt,
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
      box.append(this.#lostImage(() => this.#load(box, opener, picture, alt)));
    };
    image.src = address(picture.thumb);
    image.oncontextmenu = () => (image.src = address(picture.src)); // its menu saves the image that is shown
    opener.replaceChildren(image);
  }

  #lostImage(load) {
    const retry = button(words.again, () => {
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
    box.append(make("strong", {}, words.trouble(row)), ...sentences(row.message).map(paragraph));
    if (row.can_look_again) box.append(this.#recheckButton());
    if (row.task) box.append(taskDetails(row.task));
    return box;
  }

  #recheckButton() {
    return this.#actionButton(words.recheck, words.rechecking, () => this.actions.recheck(this.row));
  }

  /** Button that is disabled and labelled `meanwhile` while its action runs. */
  #actionButton(text, meanwhile, action) {
    const node = button(text, async () => {
      node.disabled = true;
      node.textContent = meanwhile;
      await action();
      node.disabled = false;
      node.textContent = text;
    });
    return node;
  }
}

/** Notes below a tile. The images of one click share theirs, which stand at the first. */
function noteOf(row) {
  const shared = row.number === 1 ? [...row.notes, row.seed_note].map(inFull) : [];
  const putBack = row.pictures.some(({ received }) => received) ? labels.putBack : "";
  const own = row.state === "completed" ? [putBack, partOf(row.message, "happened"), partOf(row.message, "advice")] : [];
  return [...shared, ...own].filter(Boolean).join(" ");
}

/** Covers an image that is marked as sensitive until its button is pressed. */
function cover(box, opener) {
  box.classList.add("covered");
  opener.disabled = true;
  const show = button(words.sensitive, () => {
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
  const text = make("p", {}, `${labels.task}: `, make("code", {}, task));
  return make("details", {}, make("summary", {}, words.details), text, copyButton(task, labels.task));
}
