/** Gallery: the list of tiles, newest first. A tile's node is made once, and moved only where its order changes. */
import { canCompare, partner } from "../compare/pairs.js";
import { isGrid, rowsOf } from "../grid/rows.js";
import { button, make, setText } from "../shared/dom.js";
import { inFull } from "../shared/messages.js";
import { text } from "../shared/texts.js";
import { endOf } from "./progress.js";
import { isEnded, isResting, openable, Tile } from "./tile.js";

/**
 * @typedef {import("./tile.js").TileActions & {refused: (row: object) => void, ended: (row: object) => void,
 *   older: (before: number) => Promise<?{rows: object[], more: boolean}>}} GalleryActions
 */

export class Gallery {
  /** @param {GalleryActions} actions */
  constructor(actions) {
    this.actions = actions;
    this.tiles = new Map(); // job id -> tile
    this.order = []; // the tiles as they stand in the list
    this.clickTimes = new Map(); // click -> when it was made: the images of one click stay together
    this.skew = 0; // the server's clock minus the browser's, seconds
    this.reach = -Infinity; // how far back the list goes without a gap, unix seconds
    this.expectedGrid = null; // the click of a grid that opens when its images are named
    this.expectedComparison = null; // the click of a comparison that opens when both its images are there
    this.notices = make("div", { role: "status", className: "notices" });
    this.notice = make("p", { role: "status", className: "notice" });
    this.live = make("div", { role: "status", className: "unseen" });
    this.list = make("ul", {});
    this.more = button(text("gallery.older"), () => this.#showOlder(), { className: "more", hidden: true });
    this.lost = make("p", { className: "quiet", role: "status", hidden: true });
    this.extra = make("div", {}); // examples, while there is no tile
    this.node = make("section", { className: "results", "aria-label": text("gallery.results") },
      this.notices, this.notice, this.lost, this.extra, this.list, this.more, this.live);
    setInterval(() => document.hidden || this.#tick(), 1000);
  }

  /** The server's clock. @returns {number} unix seconds */
  now = () => Date.now() / 1000 + this.skew;

  /** Draws an answer of the feed.
   * @param {import("./feed.js").Answer} answer @param {boolean} isFull @param {boolean} isRestarted */
  show(answer, isFull, isRestarted) {
    this.skew = answer.now - Date.now() / 1000;
    this.#withoutShift(() => {
      if (isRestarted) this.#restart(answer);
      for (const id of answer.gone) this.#removeJob(id);
      this.#put(answer.rows.filter((row) => this.#belongs(row)));
      this.#showNotices(answer.notices);
    });
  }

  /** Draws the tiles of a press before the server knows it. @param {object[]} rows */
  expect(rows) {
    this.#withoutShift(() => this.#put(rows));
  }

  /** Replaces the expected tiles of a press by the jobs of its receipt. @param {string} click @param {object[]} rows */
  confirm(click, rows) {
    // The feed may have been quicker than the receipt, whose rows are older then.
    const isNews = ({ id }) => !this.tiles.has(id) || this.tiles.get(id).row.expected;
    this.#put(rows.filter(isNews));
    for (const tile of [...this.order]) if (tile.row.click === click && tile.row.expected) this.#remove(tile);
    if (click !== this.expectedGrid) return;
    this.expectedGrid = null;
    if (rows.length) this.actions.grid(rows[0]);
  }

  /** Whether a press still waits for its receipt. @param {string} click @returns {boolean} */
  expects = (click) => this.order.some(({ row }) => row.click === click && row.expected);

  /** Shows a notice above the gallery until it is dismissed; "" removes it.
   * @param {import("../shared/messages.js").Message | string} message */
  say(message) {
    this.notice.replaceChildren();
    if (!message) return;
    const dismiss = button("×", () => this.say(""), { className: "small", "aria-label": text("shared.dismiss") });
    this.notice.append(make("span", {}, message.code ? inFull(message) : message), dismiss);
    if (message.code) this.notice.scrollIntoView({ block: "nearest" }); // a plain text answers a click close by
  }

  /** Shows whether the connection is lost. @param {boolean} isLost */
  showConnection = (isLost) => setText(this.lost, isLost ? inFull(this.actions.messages.offline) : "");

  /** Images that can be opened, in the order of the list. */
  images = () => openable(this.list, this.tiles);

  /** Shows what holds for the whole app at present. @param {import("../shared/messages.js").Message[]} notices */
  #showNotices(notices) {
    const shown = JSON.stringify(notices);
    if (shown === this.noticesShown) return;
    this.noticesShown = shown;
    this.notices.replaceChildren(...notices.map((notice) => make("p", {}, inFull(notice))));
  }

  #put(rows) {
    const ends = rows.map((row) => this.#putRow(row)).filter(Boolean);
    if (ends.length && !document.hidden) this.announce(ends.join(". "));
    for (const { id } of rows) this.#pair(id);
    this.#offerGrids(new Set(rows.map(({ click }) => click)));
    dispatchEvent(new Event("playground:rows"));
  }

  /** Draws one row. @returns {string} the announcement of its end, "" while it goes on */
  #putRow(row) {
    const tile = this.tiles.get(row.id);
    if (!tile) {
      this.#insert(row);
      return "";
    }
    const before = tile.row;
    tile.update(row, this.now());
    if (!isResting(before) && isResting(row)) {
      this.actions.ended(row);
      if (row.field) this.actions.refused(row);
    }
    if (before.expected && !row.expected) this.#settle(tile);
    if (isEnded(before) || !isEnded(row)) return "";
    return endOf(row);
  }

  /** Opens a comparison when its images are there, unless the visitor has turned to something else.
   * @param {string} click */
  showComparison(click) {
    this.expectedComparison = click;
    const cancel = ({ target }) => {
      if (target.closest?.("#generate")) return; // the press itself
      if (this.expectedComparison === click) this.expectedComparison = null;
      for (const name of ["pointerdown", "keydown"]) removeEventListener(name, cancel, true);
    };
    for (const name of ["pointerdown", "keydown"]) addEventListener(name, cancel, true);
  }

  #pair(id) {
    const tile = this.tiles.get(id);
    const other = tile && partner(tile.row, this.order.map(({ row }) => row));
    if (!other) return;
    tile.pairWith(other);
    this.tiles.get(other.id).pairWith(tile.row);
    if (this.expectedComparison !== other.click || !canCompare(tile.row) || !canCompare(other)) return;
    this.expectedComparison = null;
    if (!document.querySelector("dialog[open]")) this.actions.compare(tile.row);
  }

  /** Offers the grid of a press at its first image. @param {Set<string>} clicks */
  #offerGrids(clicks) {
    const rows = this.order.map(({ row }) => row);
    for (const click of clicks) {
      const all = rowsOf(click, rows);
      if (all.length) this.tiles.get(all[0].id).grid.hidden = !isGrid(all);
    }
  }

  /** Announces a text to screen readers. @param {string} announcement */
  announce(announcement) {
    // A live region reads only changes: a text that repeats the last one gets a space more.
    this.live.textContent = this.live.textContent === announcement ? `${announcement}\u00a0` : announcement;
  }

  #insert(row) {
    if (!this.clickTimes.has(row.click)) this.clickTimes.set(row.click, row.created);
    const tile = new Tile(row, this.actions);
    tile.tick(this.now());
    this.tiles.set(row.id, tile);
    this.#place(tile);
  }

  /** The server's time of a press replaces the browser's guess; the tile moves only where that changes the order. */
  #settle(tile) {
    const { row } = tile;
    if (row.number === 1) this.clickTimes.set(row.click, row.created);
    const index = this.order.indexOf(tile);
    const before = this.order[index - 1];
    const after = this.order[index + 1];
    if (!(before && this.#isBefore(row, before.row)) && !(after && this.#isBefore(after.row, row))) return;
    this.order.splice(index, 1);
    this.#place(tile);
  }

  #place(tile) {
    const { row } = tile;
    const found = this.order.findIndex((other) => this.#isBefore(row, other.row));
    const index = found < 0 ? this.order.length : found;
    this.list.insertBefore(tile.node, this.order[index]?.node ?? null);
    this.order.splice(index, 0, tile);
  }

  #isBefore(one, other) {
    const ages = this.clickTimes.get(one.click) - this.clickTimes.get(other.click);
    if (ages) return ages > 0;
    return one.click === other.click ? one.number < other.number : one.click > other.click;
  }

  /** Removes the tile of a deleted job. @param {string} id */
  drop(id) {
    this.#withoutShift(() => this.#removeJob(id));
  }

  #removeJob(id) {
    const tile = this.tiles.get(id);
    if (tile) this.#remove(tile);
  }

  #remove(tile) {
    tile.node.remove();
    this.tiles.delete(tile.row.id);
    this.order.splice(this.order.indexOf(tile), 1);
  }

  /** Begins with a first page in full: a tile that is not on it is gone, or comes again with the older ones. */
  #restart({ rows, more }) {
    const known = new Set(rows.map(({ id }) => id));
    for (const tile of [...this.order]) if (!known.has(tile.row.id) && !tile.row.expected) this.#remove(tile);
    this.#reachTo(rows, more);
  }

  #reachTo(rows, more) {
    this.reach = more ? Math.min(...rows.map(({ created }) => created)) : -Infinity;
    this.more.hidden = !more;
  }

  /** Whether a changed row is shown now: one that lies further back than the list comes with its page. */
  #belongs = (row) => this.tiles.has(row.id) || row.created >= this.reach || !isEnded(row);

  /** Changes the list without shifting what is on the screen. Safari has no scroll anchoring, so page.css switches it
   * off everywhere and the shift is corrected here. */
  #withoutShift(change) {
    const anchor = this.#findAnchor();
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (!anchor?.isConnected) return;
    const shift = anchor.getBoundingClientRect().top - before;
    if (shift) scrollBy({ top: shift, behavior: "instant" });
    this.anchor = { node: anchor, scrollY };
  }

  /** Node to keep in place: the same one until the visitor scrolls, as each new tile shifts the first of a grid row. */
  #findAnchor() {
    if (this.anchor?.scrollY === scrollY && this.anchor.node.isConnected) return this.anchor.node;
    this.anchor = null;
    const { top, bottom } = this.node.getBoundingClientRect();
    if (top >= 0) return null;
    // On narrow screens the settings stand below the results, and must not be pushed out of sight.
    if (bottom <= 0) return document.querySelector("#settings");
    return this.order.find(({ node }) => node.getBoundingClientRect().bottom > 0)?.node;
  }

  #tick() {
    const now = this.now();
    for (const tile of this.order) tile.tick(now);
  }

  async #showOlder() {
    this.more.disabled = true;
    const page = await this.actions.older(this.reach).catch(() => null);
    this.more.disabled = false;
    if (!page) return this.say(this.actions.messages.older_not_loaded);
    const last = this.order.at(-1)?.node;
    this.#put(page.rows);
    this.#reachTo(page.rows, page.more);
    // The button is gone or further down now: the focus goes on to the first image that came.
    last?.nextElementSibling?.querySelector("button")?.focus({ preventScroll: true });
  }
}
