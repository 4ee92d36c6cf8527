/** One job on the page: a place for its pictures, what it is doing, what it was asked. */
import { address, button, copyButton, make, setText } from "./dom.js";
import { words } from "./words.js";

const ENDED = ["completed", "failed", "unknown", "stopped"];

/** @param {object} row @returns {boolean} */
export const isEnded = (row) => ENDED.includes(row.state);

export class Tile {
  /** @param {object} row @param {{open: (tile: Tile, index: number) => void, lookAgain: (row: object) => Promise<void>}} acts */
  constructor(row, acts) {
    this.acts = acts;
    this.stage = make("div", { className: "stage" });
    this.prompt = make("p", { className: "prompt", dir: "auto" });
    this.seed = make("p", { className: "seed" });
    this.note = make("p", { className: "note", dir: "auto", hidden: true });
    this.node = make("li", { className: "tile" }, this.stage, this.prompt, this.seed, this.note);
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
    setText(this.prompt, row.prompt);
    setText(this.seed, words.seed(row));
    // The pictures of one click share their notes: they stand at the first.
    const notes = row.number === 1 ? [row.note, row.seed_note] : [];
    setText(this.note, [...notes, row.state === "completed" && row.happened].filter(Boolean).join(" "));
    this.note.hidden = !this.note.textContent;
    this.#drawStage(now);
  }

  /** Counts the seconds. @param {number} now */
  tick(now) {
    const { row } = this;
    if (isEnded(row)) return;
    if (row.set_aside) return setText(this.status, words.setAside);
    const since = row.started ?? row.accepted ?? row.created;
    setText(this.status, words.doing(row, Math.max(0, Math.round(now - since))));
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
    const { state, pictures, happened, advice, charge, task } = row;
    const shown = JSON.stringify([state, pictures, happened, advice, charge, task]);
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
    this.aside = make("p", { className: "aside" });
    this.line = make("div", { className: "line" });
    const frame = this.#box("frame");
    frame.append(this.status, this.aside, this.line);
    return frame;
  }

  #drawProgress() {
    const { happened, advice, step, steps } = this.row;
    setText(this.aside, [happened, advice].filter(Boolean).join(" "));
    this.line.hidden = !steps || step == null;
    this.line.style.transform = `scaleX(${Math.min(1, (step ?? 0) / (steps || 1))})`;
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
      const lost = make("div", { className: "over" }, make("p", {}, words.lost), retry);
      image.remove();
      box.append(lost);
    };
    image.src = address(picture.src);
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
    const why = row.state === "completed" ? words.noPicture : words.why(row);
    box.append(make("strong", {}, words.trouble(row)));
    for (const sentence of [why, row.advice, words.charge(row)]) if (sentence) box.append(make("p", { dir: "auto" }, sentence));
    const isPaid = row.state === "failed" && row.charge === "spent" && row.task;
    if (row.state === "unknown" || isPaid) box.append(this.#lookButton());
    if (row.task) box.append(taskDetails(row.task));
    return box;
  }

  #lookButton() {
    const look = button(words.lookAgain, async () => {
      look.disabled = true;
      look.textContent = words.looking;
      await this.acts.lookAgain(this.row);
      look.disabled = false;
      look.textContent = words.lookAgain;
    });
    return look;
  }
}

function taskDetails(task) {
  const summary = make("summary", {}, words.details);
  return make("details", {}, summary, make("p", {}, `${words.task}: `, make("code", {}, task)), copyButton(task, words.task));
}
