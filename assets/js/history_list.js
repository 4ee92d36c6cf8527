/** Found pictures, the newest first; more come as one scrolls. */
import { button, make, setText } from "./dom.js";
import { words } from "./history_words.js";
import { openable, Tile } from "./tile.js";

const AHEAD = 1200; // px from the end at which the next page is fetched
const RETRY = 3_000; // ms after a page that did not come

export class FoundList {
  /** @param {object} acts what a tile does @param {(asked: object) => Promise<?object>} find
   * @param {{added: (tile: Tile) => void, begun: (answer: object) => void}} tell of each new tile, of a first page */
  constructor(acts, find, tell) {
    Object.assign(this, { acts, find, tell });
    this.tiles = new Map(); // job id -> tile
    this.asked = {};
    this.turn = 0; // which search is shown: an answer to an earlier one is dropped
    this.list = make("ul", { className: "found", "aria-label": words.found });
    this.told = make("p", { className: "quiet", role: "status" });
    this.more = button(words.more, () => this.#load(), { className: "more", hidden: true });
    this.node = make("div", { className: "shelf" }, this.list, this.told, this.more);
    this.node.addEventListener("scroll", () => this.#goOn(), { passive: true });
  }

  /** Whether not all are shown. @returns {boolean} */
  isNarrowed = () => Object.values(this.asked).some(Boolean);

  /** Shows what a search finds. @param {object} asked */
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
    this.#goOn();
  }

  /** Brings what came since, each at its place, and what is known of all. */
  async renew() {
    const { turn } = this;
    const answer = await this.find({ ...this.asked, before: null }).catch(() => null);
    if (!answer || turn !== this.turn || !this.isBegun) return;
    this.tell.begun(answer);
    for (const row of answer.rows) if (!this.tiles.has(row.id)) this.#seat(row);
    this.#tell();
  }

  #seat(row) {
    const isOlder = (other) => other.created < row.created || (other.created === row.created && other.id < row.id);
    const next = [...this.list.children].find(({ dataset }) => isOlder(this.tiles.get(dataset.job).row));
    this.list.insertBefore(this.#tile(row).node, next ?? null);
  }

  #tile(row) {
    const tile = new Tile(row, this.acts);
    this.tiles.set(row.id, tile);
    this.tell.added(tile);
    return tile;
  }

  async #load() {
    if (this.isBusy) return;
    const { turn } = this;
    this.isBusy = true;
    if (!this.isBegun && !this.tiles.size) setText(this.told, words.looking);
    const answer = await this.find({ ...this.asked, before: this.last }).catch(() => null);
    if (turn !== this.turn) return;
    this.isBusy = false;
    this.hasFailed = !answer;
    if (answer && !this.isBegun) this.#begin(answer);
    if (answer) this.#add(answer.rows);
    this.more.hidden = answer ? !answer.more : false;
    this.more.textContent = answer ? words.more : words.again;
    this.#tell();
    if (!answer) setTimeout(() => turn === this.turn && this.hasFailed && this.node.isConnected && this.#load(), RETRY);
    this.#goOn();
  }

  #begin(answer) {
    this.isBegun = true;
    this.tell.begun(answer);
    this.tiles.clear();
    this.list.replaceChildren();
    this.node.scrollTop = 0;
  }

  #add(rows) {
    for (const row of rows.filter(({ id }) => !this.tiles.has(id))) this.list.append(this.#tile(row).node);
    const last = rows.at(-1);
    if (last) this.last = { created: last.created, id: last.id };
  }

  #tell() {
    if (this.hasFailed) return setText(this.told, words.notLoaded);
    setText(this.told, this.tiles.size ? "" : this.isNarrowed() ? words.nothing : words.none);
  }

  #goOn() {
    const { scrollHeight, scrollTop, clientHeight } = this.node;
    if (!this.more.hidden && !this.hasFailed && scrollHeight - scrollTop - clientHeight < AHEAD) this.#load();
  }
}
