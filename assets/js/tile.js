/** One job on the page: a place for its pictures, what it is doing, what it was asked. */
import { address, button, copyButton, make, setText } from "./dom.js";
import { sentences } from "./messages.js";
import { canCompare } from "./pairs.js";
import { words } from "./words.js";

const ENDED = ["completed", "failed", "unknown", "stopped"];
const NOT_A_MOMENT = 1.2; // seconds a job must wait before it can be taken back: a button must not flash

/** @param {object} row @returns {boolean} */
export const isEnded = (row) => ENDED.includes(row.state);

/** Whether nobody works on it now. @param {object} row @returns {boolean} */
export const isResting = (row) => isEnded(row) || Boolean(row.set_aside);

/** The pictures of a list that can be opened, in its order. @param {HTMLElement} list
 * @param {Map<string, Tile>} tiles by job
 * @returns {{tile: Tile, row: object, picture: object, opener: HTMLElement}[]} */
export const openable = (list, tiles) =>
  [...list.querySelectorAll(".open:enabled")].map((opener) => {
    const tile = tiles.get(opener.closest("li").dataset.job);
    return { tile, row: tile.row, picture: tile.row.pictures[opener.dataset.picture], opener };
  });

export class Tile {
  /** @param {object} row @param {{open: (tile: Tile, index: number) => void, lookAgain: (row: object) => Promise<void>,
   *   takeBack: (row: object) => Promise<void>, favour: (row: object) => void, messages: object}} acts */
  constructor(row, acts) {
    this.acts = acts;
    this.stage = make("div", { className: "stage" });
    this.prompt = make("p", { className: "prompt", dir: "auto" });
    this.seed = make("p", { className: "seed" });
    this.note = make("p", { className: "note", dir: "auto", hidden: true });
    this.links = make("p", { className: "links", hidden: true });
    this.side = make("p", { className: "side-of-pair", hidden: true });
    this.compare = button(words.comparison.open, () => this.acts.compare(this.row), { className: "small", hidden: true });
    this.grid = button(words.gridOpen, () => this.acts.grid(this.row), { className: "small", hidden: true });
    this.star = button("☆", () => this.acts.favour(this.row), { className: "star", hidden: true });
    this.node = make("li", { className: "tile" },
      this.stage, this.star, this.side, this.compare, this.grid, this.prompt, this.seed, this.note, this.links);
    this.node.dataset.job = row.id;
    this.update(row, 0);
  }

  /** Draws what changed, and only that. @param {object} row @param {number} now the server's clock, unix seconds */
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
    // The pictures of one click share their notes: they stand at the first.
    const notes = row.number === 1 ? [row.note, row.seed_note] : [];
    const putBack = row.pictures.some(({ received }) => received) ? words.putBack : "";
    const said = row.state === "completed" ? [putBack, row.happened, row.advice] : [];
    setText(this.note, [...notes, ...said].filter(Boolean).join(" "));
    this.#drawLinks();
    this.#drawStar();
    this.#drawStage(now);
  }

  /** Counts the seconds. @param {number} now */
  tick(now) {
    const { row } = this;
    if (isEnded(row)) return;
    setText(this.status, row.set_aside ? words.setAside : words.doing(row, now));
    // While its POST is under way the button stays where it is, as that may be turned away.
    const canTake = row.can_take_back && now - row.created > NOT_A_MOMENT;
    this.takeBack.hidden = row.state !== "waiting" || (this.takeBack.hidden && !canTake);
    this.takeBack.disabled = !row.can_take_back;
    this.stop.hidden = !row.can_stop || now - row.created < NOT_A_MOMENT;
  }

  /** Says which side of a comparison it is. @param {?object} other the row of the other side */
  pairWith(other) {
    const { with: withIt, without } = words.comparison;
    setText(this.side, other ? (this.row.loras.length ? withIt : without) : "");
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
    this.links.replaceChildren(...links.map((href, at) => {
      const text = words.atService(links.length > 1 ? at + 1 : 0);
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
    // The stage of an ended job depends on these alone: a later price or note does not load a picture again.
    const { state, pictures, happened, charged, advice, task, can_look_again: canLook } = row;
    const shown = JSON.stringify([state, pictures, happened, charged, advice, task, canLook]);
    if (shown === this.shown) return;
    this.shown = shown;
    const good = state === "completed" && pictures.length;
    this.stage.replaceChildren(...(good ? pictures.map((_, index) => this.#picture(index)) : [this.#trouble()]));
    this.stage.classList.toggle("several", pictures.length > 1);
  }

  /** The box has the picture's shape, so nothing jumps when it arrives. */
  #box(className, width = this.row.width, height = this.row.height) {
    const box = make("div", { className });
    box.style.aspectRatio = `${width || 1} / ${height || 1}`;
    return box;
  }

  #frame() {
    this.status = make("p", { className: "status" });
    this.message = make("div", { className: "message" });
    this.takeBack = this.#actButton(words.takeBack, words.takingBack, () => this.acts.takeBack(this.row));
    this.takeBack.hidden = true;
    this.stop = this.#actButton(words.stop, words.stopping, () => this.acts.takeBack(this.row));
    this.stop.hidden = true;
    this.look = this.#lookButton();
    this.line = make("div", { className: "line" });
    this.said = this.shown = "";
    const frame = this.#box("frame");
    this.preview = make("img", { className: "preview", alt: "", hidden: true, decoding: "async" });
    frame.append(this.preview, this.status, this.message, this.takeBack, this.stop, this.look, this.line);
    return frame;
  }

  #drawProgress() {
    const { row } = this;
    const { step, steps } = row;
    const isCounted = row.state === "waiting" && row.next_send; // then the status says what happened
    this.#say(isCounted ? { ...row, happened: "" } : row);
    this.look.hidden = !row.can_look_again;
    this.line.hidden = !steps || step == null;
    this.#drawPreview();
    this.line.style.transform = `scaleX(${Math.min(1, (step ?? 0) / (steps || 1))})`;
  }

  /** What is there of the unfinished picture, behind the words; the status tells how far it is. */
  #drawPreview() {
    const { preview } = this.row;
    this.preview.hidden = !preview;
    if (preview && this.preview.getAttribute("src") !== preview) this.preview.src = preview;
  }

  #say(message) {
    const said = sentences(message).join("\n");
    if (said === this.said) return;
    this.said = said;
    this.message.replaceChildren(...paragraphs(message));
  }

  #picture(index) {
    const { row } = this;
    const picture = row.pictures[index];
    const number = row.pictures.length > 1 ? index + 1 : 0;
    const box = this.#box("picture", picture.width ?? row.width, picture.height ?? row.height);
    const opener = button("", () => this.acts.open(this, index), { className: "open", "aria-label": words.open(row, number) });
    opener.dataset.picture = index;
    box.append(opener);
    this.#load(box, opener, picture, words.alt(row, number));
    if (picture.nsfw) this.#cover(box, opener);
    return box;
  }

  #load(box, opener, picture, alt) {
    const image = make("img", {
      alt,
      decoding: "async",
      loading: this.wasSeenUnfinished ? "eager" : "lazy",
      width: picture.width ?? this.row.width,
      height: picture.height ?? this.row.height,
    });
    const reveal = () => box.classList.add("seen");
    image.onload = () => image.decode().then(reveal, reveal); // shown when decoded, so nothing flashes
    image.onerror = () => {
      const retry = button(words.again, () => {
        lost.remove();
        this.#load(box, opener, picture, alt);
      });
      const lost = make("div", { className: "over" }, make("p", {}, this.acts.messages.picture_not_loaded.happened), retry);
      image.remove();
      box.append(lost);
    };
    image.src = address(picture.thumb);
    image.oncontextmenu = () => (image.src = address(picture.src)); // its menu saves what is shown
    opener.replaceChildren(image);
  }

  #cover(box, opener) {
    box.classList.add("covered");
    opener.disabled = true;
    const show = button(words.sensitive, () => {
      box.classList.remove("covered");
      opener.disabled = false;
      cover.remove();
      opener.focus();
    });
    const cover = make("div", { className: "over" }, show);
    box.append(cover);
  }

  #trouble() {
    const { row } = this;
    const box = this.#box("trouble");
    box.append(make("strong", {}, words.trouble(row)), ...paragraphs(row));
    if (row.can_look_again) box.append(this.#lookButton());
    if (row.task) box.append(taskDetails(row.task));
    return box;
  }

  #lookButton() {
    return this.#actButton(words.lookAgain, words.looking, () => this.acts.lookAgain(this.row));
  }

  /** A button that says what it does while it does it. */
  #actButton(text, meanwhile, act) {
    const acting = button(text, async () => {
      acting.disabled = true;
      acting.textContent = meanwhile;
      await act();
      acting.disabled = false;
      acting.textContent = text;
    });
    return acting;
  }
}

const paragraphs = (message) => sentences(message).map((sentence) => make("p", { dir: "auto" }, sentence));

function taskDetails(task) {
  const summary = make("summary", {}, words.details);
  return make("details", {}, summary, make("p", {}, `${words.task}: `, make("code", {}, task)), copyButton(task, words.task));
}
