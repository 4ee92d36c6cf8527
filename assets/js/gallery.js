/** The list of tiles, newest first. A tile's node is made once and never moved. */
import { button, make, setText } from "./dom.js";
import { inFull } from "./messages.js";
import { isGrid, rowsOf } from "./grid_of.js";
import { canCompare, partner } from "./pairs.js";
import { isEnded, isResting, openable, Tile } from "./tile.js";
import { words } from "./words.js";

export class Gallery {
  /** @param {{open: Function, lookAgain: Function, takeBack: Function, refused: Function, ended: (row: object) => void,
   *   compare: (row: object) => void, grid: (row: object) => void, favour: (row: object) => void, older: (before: number) => Promise<?{rows: object[], more: boolean}>, messages: object}} acts */
  constructor(acts) {
    this.acts = acts;
    this.tiles = new Map(); // job id -> tile
    this.order = []; // the tiles as they stand in the list
    this.born = new Map(); // click -> when: the pictures of one click stay together
    this.skew = 0; // the server's clock minus ours, seconds
    this.reach = -Infinity; // how far back the list goes without a gap, unix seconds
    this.notices = make("div", { role: "status", className: "notices" });
    this.notice = make("p", { role: "status", className: "notice" });
    this.live = make("div", { role: "status", className: "unseen" });
    this.list = make("ul", {});
    this.more = button(words.older, () => this.#showOlder(), { className: "more", hidden: true });
    this.lost = make("p", { className: "quiet", role: "status", hidden: true });
    this.awaitedGrid = null; // the click of a grid that opens when its pictures are named
    this.awaited = null; // the click of a comparison that opens when both its pictures are there
    this.extra = make("div", {}); // examples, while there is no tile
    this.node = make("section", { className: "results", "aria-label": words.results },
      this.notices, this.notice, this.lost, this.extra, this.list, this.more, this.live);
    setInterval(() => document.hidden || this.#tick(), 1000);
  }

  /** The server's clock. @returns {number} unix seconds */
  now = () => Date.now() / 1000 + this.skew;

  /** Draws an answer of the feed. @param {import("./feed.js").Answer} answer @param {boolean} full @param {boolean} restarted */
  show(answer, full, restarted) {
    this.skew = answer.now - Date.now() / 1000;
    this.#still(() => {
      if (restarted) this.#begin(answer);
      for (const id of answer.gone) this.#take(id);
      this.#put(answer.rows.filter((row) => this.#belongs(row)));
      this.#note(answer.notices);
    });
  }

  /** Draws the tiles of a press before the server knows it. @param {object[]} rows */
  expect(rows) {
    this.#still(() => this.#put(rows));
  }

  /** Replaces a press's expected tiles by what the server made of it. @param {string} click @param {object[]} rows */
  confirm(click, rows) {
    // The feed may have been quicker: a receipt is then the older news.
    const isNews = ({ id }) => !this.tiles.has(id) || this.tiles.get(id).row.expected;
    this.#put(rows.filter(isNews));
    for (const tile of [...this.order]) if (tile.row.click === click && tile.row.expected) this.#remove(tile);
    if (click !== this.awaitedGrid) return;
    this.awaitedGrid = null;
    if (rows.length) this.acts.grid(rows[0]);
  }

  /** Whether a press still waits for its receipt. @param {string} click @returns {boolean} */
  expects = (click) => this.order.some(({ row }) => row.click === click && row.expected);

  /** Says something above the gallery until it is dismissed; "" takes it away.
   * @param {import("./messages.js").Message | string} said */
  say(said) {
    this.notice.replaceChildren();
    if (!said) return;
    const dismiss = button("×", () => this.say(""), { className: "small", "aria-label": words.dismiss });
    this.notice.append(make("span", {}, said.happened ? inFull(said) : said), dismiss);
    if (said.happened) this.notice.scrollIntoView({ block: "nearest" }); // a label answers a click close by
  }

  /** Says whether the connection is lost. @param {boolean} lost */
  trouble = (lost) => setText(this.lost, lost ? inFull(this.acts.messages.offline) : "");

  /** The pictures that can be opened, in the order of the list. */
  pictures = () => openable(this.list, this.tiles);

  /** What holds for the whole page, as long as it holds. @param {import("./messages.js").Message[]} notices */
  #note(notices) {
    const said = JSON.stringify(notices);
    if (said === this.noted) return;
    this.noted = said;
    this.notices.replaceChildren(...notices.map((notice) => make("p", {}, inFull(notice))));
  }

  #put(rows) {
    const ends = [];
    for (const row of rows) {
      const tile = this.tiles.get(row.id);
      if (!tile) this.#insert(row);
      else if (!isEnded(tile.row) && isEnded(row)) ends.push(row.state === "completed" ? words.ready(row) : words.failed(row));
      const expected = tile?.row.expected;
      const isOver = tile && !isResting(tile.row) && isResting(row);
      tile?.update(row, this.now());
      if (isOver) this.acts.ended(row);
      if (isOver && row.field) this.acts.refused(row);
      if (expected && !row.expected) this.#settle(tile);
    }
    if (ends.length && !document.hidden) this.announce(ends.join(". "));
    for (const { id } of rows) this.#pair(id);
    this.#offerGrids(new Set(rows.map(({ click }) => click)));
    dispatchEvent(new Event("playground:rows"));
  }

  /** Opens a comparison when it is there, unless the person turned to something else. @param {string} click */
  showComparison(click) {
    this.awaited = click;
    const turned = ({ target }) => {
      if (target.closest?.("#generate")) return; // the press itself
      if (this.awaited === click) this.awaited = null;
      for (const name of ["pointerdown", "keydown"]) removeEventListener(name, turned, true);
    };
    for (const name of ["pointerdown", "keydown"]) addEventListener(name, turned, true);
  }

  #pair(id) {
    const tile = this.tiles.get(id);
    const other = tile && partner(tile.row, this.order.map(({ row }) => row));
    if (!other) return;
    tile.pairWith(other);
    this.tiles.get(other.id).pairWith(tile.row);
    if (this.awaited !== other.click || !canCompare(tile.row) || !canCompare(other)) return;
    this.awaited = null;
    if (!document.querySelector("dialog[open]")) this.acts.compare(tile.row);
  }

  /** The first picture of a press offers its grid. @param {Set<string>} clicks */
  #offerGrids(clicks) {
    const rows = this.order.map(({ row }) => row);
    for (const click of clicks) {
      const all = rowsOf(click, rows);
      if (all.length) this.tiles.get(all[0].id).grid.hidden = !isGrid(all);
    }
  }

  /** Tells a screen reader, politely. @param {string} text */
  announce(text) {
    this.live.textContent = this.live.textContent === text ? `${text}\u00a0` : text;
  }

  #insert(row) {
    if (!this.born.has(row.click)) this.born.set(row.click, row.created);
    const tile = new Tile(row, this.acts);
    tile.tick(this.now());
    this.tiles.set(row.id, tile);
    this.#seat(tile);
  }

  /** The server's time of a press replaces the browser's guess. Only if that changes the order, the tile moves. */
  #settle(tile) {
    const { row } = tile;
    if (row.number === 1) this.born.set(row.click, row.created);
    const at = this.order.indexOf(tile);
    const before = this.order[at - 1];
    const after = this.order[at + 1];
    if (!(before && this.#isBefore(row, before.row)) && !(after && this.#isBefore(after.row, row))) return;
    this.order.splice(at, 1);
    this.#seat(tile);
  }

  #seat(tile) {
    const { row } = tile;
    const found = this.order.findIndex((other) => this.#isBefore(row, other.row));
    const at = found < 0 ? this.order.length : found;
    this.list.insertBefore(tile.node, this.order[at]?.node ?? null);
    this.order.splice(at, 0, tile);
  }

  #isBefore(one, other) {
    const ages = this.born.get(one.click) - this.born.get(other.click);
    if (ages) return ages > 0;
    return one.click === other.click ? one.number < other.number : one.click > other.click;
  }

  /** Takes a tile away whose job is deleted. @param {string} id */
  drop(id) {
    this.#still(() => this.#take(id));
  }

  #take(id) {
    const tile = this.tiles.get(id);
    if (tile) this.#remove(tile);
  }

  #remove(tile) {
    tile.node.remove();
    this.tiles.delete(tile.row.id);
    this.order.splice(this.order.indexOf(tile), 1);
  }

  /** A first page in full: what it does not know is gone, or comes again with the older ones. */
  #begin({ rows, more }) {
    const known = new Set(rows.map(({ id }) => id));
    for (const tile of [...this.order]) if (!known.has(tile.row.id) && !tile.row.expected) this.#remove(tile);
    this.#reachTo(rows, more);
  }

  #reachTo(rows, more) {
    this.reach = more ? Math.min(...rows.map(({ created }) => created)) : -Infinity;
    this.more.hidden = !more;
  }

  /** A change of what lies further back than the list goes comes with its page. */
  #belongs = (row) => this.tiles.has(row.id) || row.created >= this.reach || !isEnded(row);

  /** Changes the list without moving what the person looks at. By hand, as Safari has no scroll anchoring. */
  #still(change) {
    const anchor = this.#anchor();
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (!anchor?.isConnected) return;
    const moved = anchor.getBoundingClientRect().top - before;
    if (moved) scrollBy({ top: moved, behavior: "instant" });
    this.held = { anchor, at: scrollY };
  }

  /** The tile to hold still: the same until the person scrolls, as in a grid each new tile shifts the row's first. */
  #anchor() {
    if (this.held?.at === scrollY && this.held.anchor.isConnected) return this.held.anchor;
    this.held = null;
    const { top, bottom } = this.node.getBoundingClientRect();
    if (top >= 0) return null;
    // On narrow screens the settings stand below the results: whoever is there must not be pushed away.
    if (bottom <= 0) return document.querySelector("#settings");
    return this.order.find(({ node }) => node.getBoundingClientRect().bottom > 0)?.node;
  }

  #tick() {
    const now = this.now();
    for (const tile of this.order) tile.tick(now);
  }

  async #showOlder() {
    this.more.disabled = true;
    const page = await this.acts.older(this.reach).catch(() => null);
    this.more.disabled = false;
    if (!page) return this.say(this.acts.messages.older_not_loaded);
    const last = this.order.at(-1)?.node;
    this.#put(page.rows);
    this.#reachTo(page.rows, page.more);
    // The button is gone or further down: go on with the first picture that came.
    last?.nextElementSibling?.querySelector("button")?.focus({ preventScroll: true });
  }
}
