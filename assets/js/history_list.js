/** Found pictures, the newest first; more come as one scrolls. */
import { button, make, setText } from "./dom.js";
import { words } from "./history_words.js";
import { openable, Tile } from "./tile.js";

const AHEAD = "1200px"; // how far below the view the next page is fetched

export class FoundList {
  /** @param {object} acts what a tile does @param {(asked: object) => Promise<?object>} find
   * @param {(tile: Tile) => void} added told of each new tile */
  constructor(acts, find, added) {
    Object.assign(this, { acts, find, added });
    this.tiles = new Map(); // job id -> tile
    this.asked = {};
    this.turn = 0; // which search is shown: an answer to an earlier one is dropped
    this.list = make("ul", { className: "found", "aria-label": words.found });
    this.told = make("p", { className: "quiet", role: "status" });
    this.more = button(words.more, () => this.#load(), { className: "more", hidden: true });
    this.node = make("div", { className: "shelf" }, this.list, this.told, this.more);
    const watch = new IntersectionObserver(([{ isIntersecting }]) => isIntersecting && this.#near(), { root: this.node, rootMargin: AHEAD });
    watch.observe(this.more);
  }

  /** Shows what a search finds. @param {object} asked @returns {Promise<?object>} the first answer */
  show(asked) {
    this.asked = asked;
    this.turn += 1;
    this.last = null;
    this.isBusy = false;
    this.isBegun = false; // what an earlier search found stands until the first answer
    return this.#load();
  }

  /** @returns {object[]} */
  rows = () => [...this.tiles.values()].map(({ row }) => row);

  /** What can be opened, in the order of the list. */
  pictures = () => openable(this.list, this.tiles);

  /** Takes deleted ones away. @param {string[]} ids */
  drop(ids) {
    for (const id of ids) this.tiles.get(id)?.node.remove();
    for (const id of ids) this.tiles.delete(id);
    if (!this.tiles.size && this.more.hidden) this.#tell();
  }

  #near() {
    if (!this.hasFailed) this.#load();
  }

  async #load() {
    if (this.isBusy) return null;
    const { turn } = this;
    this.isBusy = true;
    if (!this.isBegun && !this.tiles.size) setText(this.told, words.looking);
    const answer = await this.find({ ...this.asked, before: this.last }).catch(() => null);
    if (turn !== this.turn) return null;
    this.isBusy = false;
    this.hasFailed = !answer;
    if (answer && !this.isBegun) this.#empty();
    if (answer) this.#add(answer.rows);
    this.more.hidden = answer ? !answer.more : false;
    this.more.textContent = answer ? words.more : words.again;
    this.#tell();
    if (answer?.more) this.#goOn();
    return answer;
  }

  #empty() {
    this.isBegun = true;
    this.tiles.clear();
    this.list.replaceChildren();
    this.node.scrollTop = 0;
  }

  #add(rows) {
    for (const row of rows.filter(({ id }) => !this.tiles.has(id))) {
      const tile = new Tile(row, this.acts);
      this.tiles.set(row.id, tile);
      this.added(tile);
      this.list.append(tile.node);
    }
    const last = rows.at(-1);
    if (last) this.last = { created: last.created, id: last.id };
  }

  #tell() {
    if (this.hasFailed) return setText(this.told, words.notLoaded);
    setText(this.told, this.tiles.size ? "" : this.#isNarrowed() ? words.nothing : words.none);
  }

  #isNarrowed = () => Object.values(this.asked).some(Boolean);

  /** A short page leaves the end in view, and then nothing crosses its edge. */
  #goOn() {
    const { bottom } = this.node.getBoundingClientRect();
    if (this.more.getBoundingClientRect().top < bottom + parseInt(AHEAD)) requestAnimationFrame(() => this.#near());
  }
}
