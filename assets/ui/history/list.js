/** Found images, the newest first; further pages are loaded while the visitor scrolls. */
import { openable, Tile } from "../gallery/tile.js";
import { button, make, setText } from "../shared/dom.js";
import { dayHeading } from "../shared/formats.js";
import { captionOf } from "../shared/labels.js";
import { text } from "../shared/texts.js";

const AHEAD = 1200; // px before the end at which the next page is loaded
const RETRY_MS = 3_000;
const ORDER = ["created", "made", "id"]; // of rows, the largest first; `made` have those of the bin alone

const isAfter = (row, other) => {
  const name = ORDER.find((one) => row[one] !== other[one]);
  return Boolean(name) && row[name] < other[name];
};

export class FoundList {
  /** @param {import("../gallery/tile.js").TileActions} actions @param {(search: object) => Promise<?object>} find
   * @param {{added: (tile: Tile) => void, started: (answer: object) => void}} on each new tile, each first page
   * @param {string} none code of what is said of an empty list */
  constructor(actions, find, on, none) {
    Object.assign(this, { actions, find, on, none });
    this.tiles = new Map(); // job id -> tile
    this.dropped = new Set(); // ids of jobs that were shown, and may come back
    this.search = {};
    this.turn = 0; // number of the search that is shown: an answer to an earlier one is dropped
    this.list = make("ul", { className: "found", "aria-label": text("history.found") });
    this.status = make("p", { className: "quiet", role: "status" });
    this.more = button(text("history.more"), () => this.#load(), { className: "more", hidden: true });
    this.node = make("div", { className: "shelf" }, this.list, this.status, this.more);
    this.node.addEventListener("scroll", () => this.#loadAhead(), { passive: true });
  }

  /** Whether a search or filter is set. @returns {boolean} */
  isNarrowed = () => Object.values(this.search).some(Boolean);

  /** Shows the first page of a search. @param {object} search */
  show(search) {
    this.search = search;
    this.turn += 1;
    this.last = null;
    this.isBusy = false;
    this.isStarted = false; // the results of an earlier search stay until the first answer
    return this.#load();
  }

  /** @returns {object[]} */
  rows = () => [...this.tiles.values()].map(({ row }) => row);

  /** Images that can be opened, in the order of the list. */
  images = () => openable(this.list, this.tiles);

  /** Removes deleted jobs. @param {string[]} ids */
  drop(ids) {
    for (const id of ids.filter((one) => this.tiles.has(one))) {
      this.tiles.get(id).node.remove();
      this.tiles.delete(id);
      this.dropped.add(id);
    }
    this.#drawDays();
    if (!this.tiles.size && this.more.hidden) this.#showStatus();
    this.#loadAhead();
  }

  /** Adds a job that is back at its place, where the list would show it. @param {object} row */
  restore(row) {
    if (this.tiles.has(row.id) || !(this.dropped.delete(row.id) || this.#reaches(row))) return;
    this.#insert(row);
    this.#drawDays();
    this.#showStatus();
  }

  /** Whether a finished job lies between those that are shown; what a search finds the server alone knows. */
  #reaches = (row) => row.state === "completed" && !this.isNarrowed() && this.isStarted &&
    (this.more.hidden || row.created > this.last.created);

  /** Forgets what is shown, until `show`. */
  clear() {
    this.turn += 1;
    this.isStarted = false;
    this.tiles.clear();
    this.dropped.clear();
    this.list.replaceChildren();
    setText(this.status, "");
    this.more.hidden = true;
  }

  /** Adds what was made since, each at its place, and updates the summary. */
  async update() {
    const { turn } = this;
    const answer = await this.find({ ...this.search, before: null }).catch(() => null);
    if (!answer || turn !== this.turn || !this.isStarted) return;
    this.on.started(answer);
    for (const row of answer.rows) if (!this.tiles.has(row.id)) this.#insert(row);
    this.#drawDays();
    this.#showStatus();
  }

  #insert(row) {
    const next = this.#jobs().find(({ dataset }) => isAfter(this.tiles.get(dataset.job).row, row));
    this.list.insertBefore(this.#tile(row).node, next ?? null);
  }

  #jobs = () => [...this.list.querySelectorAll(":scope > [data-job]")];

  /** Puts the day before the first image of each. */
  #drawDays() {
    for (const heading of this.list.querySelectorAll(".day")) heading.remove();
    const now = Date.now() / 1000;
    let last = "";
    for (const node of this.#jobs()) {
      const made = dayHeading(this.tiles.get(node.dataset.job).row.created, now);
      if (made !== last) node.before(make("li", { className: "day" }, make("h3", {}, made)));
      last = made;
    }
  }

  #tile(row) {
    const tile = new Tile(row, this.actions);
    tile.node.append(make("p", { className: "prompt", dir: "auto" }, captionOf(row)));
    this.tiles.set(row.id, tile);
    this.on.added(tile);
    return tile;
  }

  async #load() {
    if (this.isBusy) return;
    const { turn } = this;
    this.isBusy = true;
    if (!this.isStarted && !this.tiles.size) setText(this.status, text("history.looking"));
    // By the last image and not by a page number: images made meanwhile would shift the pages.
    const answer = await this.find({ ...this.search, before: this.last }).catch(() => null);
    if (turn !== this.turn) return;
    this.isBusy = false;
    this.hasFailed = !answer;
    if (answer && !this.isStarted) this.#start(answer);
    if (answer) this.#append(answer.rows);
    this.more.hidden = answer ? !answer.more : false;
    this.more.textContent = answer ? text("history.more") : text("shared.try_again");
    this.#showStatus();
    if (!answer) setTimeout(() => this.#retry(turn), RETRY_MS);
    this.#loadAhead();
  }

  #retry(turn) {
    if (turn === this.turn && this.hasFailed && this.node.isConnected) this.#load();
  }

  #start(answer) {
    this.isStarted = true;
    this.on.started(answer);
    this.tiles.clear();
    this.dropped.clear();
    this.list.replaceChildren();
    this.node.scrollTop = 0;
  }

  #append(rows) {
    for (const row of rows.filter(({ id }) => !this.tiles.has(id))) this.list.append(this.#tile(row).node);
    this.#drawDays();
    const last = rows.at(-1);
    if (last) this.last = { created: last.created, made: last.made, id: last.id };
  }

  #showStatus() {
    if (this.hasFailed) return setText(this.status, text("history.not_loaded"));
    const none = text(this.isNarrowed() ? "history.nothing" : this.none);
    setText(this.status, this.tiles.size ? "" : none);
  }

  #loadAhead() {
    const { scrollHeight, scrollTop, clientHeight } = this.node;
    if (!this.more.hidden && !this.hasFailed && scrollHeight - scrollTop - clientHeight < AHEAD) this.#load();
  }
}
