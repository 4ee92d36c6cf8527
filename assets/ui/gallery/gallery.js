/** Gallery: the cards of presses, newest first, each with the tiles of its jobs, and the notices above them. */
import { canCompare, partner } from "../compare/pairs.js";
import { button, make, setText } from "../shared/dom.js";
import { inFull } from "../shared/messages.js";
import { noteParts } from "../shared/note_parts.js";
import { text } from "../shared/texts.js";
import { Cards } from "./cards.js";
import { endOf } from "./progress.js";
import { Anchor, scrollToNode } from "./scroller.js";
import { isEnded, isResting, openable } from "./tile.js";

const GAP = 12; // px above a card that is scrolled to
const BRIEF_MS = 8_000; // that a notice is shown which goes by itself

/**
 * @typedef {import("./tile.js").TileActions & {refused: (row: object) => void, ended: (row: object) => void,
 *   compare: (row: object) => void, grid: (row: object) => void, share: (rows: object[]) => void,
 *   pack: (rows: object[]) => void, more: (rows: object[], beside: HTMLElement) => void,
 *   chooseToEdit: (rows: object[], beside: HTMLElement) => void,
 *   older: (before: number) => Promise<?{rows: object[], more: boolean}>}} GalleryActions
 */

export class Gallery {
  /** @param {GalleryActions} actions */
  constructor(actions) {
    this.actions = actions;
    this.cards = new Cards(actions);
    this.skew = 0; // the server's clock minus the browser's, seconds
    this.reach = -Infinity; // how far back the list goes without a gap, unix seconds
    this.hasBin = false; // whether something was deleted that can still be put back
    this.expectedGrid = null; // the click of a grid that opens when its images are named
    this.expectedComparison = null; // the click of a comparison that opens when both its images are there
    this.notices = make("div", { role: "status", className: "notices" });
    this.notice = make("p", { role: "status", className: "notice" });
    this.live = make("div", { role: "status", className: "unseen" });
    this.more = button(text("gallery.older"), () => this.#showOlder(), { className: "more minor", hidden: true });
    this.lost = make("p", { className: "quiet", role: "status", hidden: true });
    this.extra = make("div", { className: "ideas" });
    this.node = make("section", { className: "results", "aria-label": text("gallery.results") },
      this.notices, make("div", { className: "toasts" }, this.lost, this.notice), this.cards.node, this.more,
      this.extra, this.live);
    this.anchor = new Anchor((edge) => this.#nodeToKeep(edge));
    setInterval(() => document.hidden || this.cards.tick(this.now()), 1000);
  }

  /** All rows that are shown, the newest press first. @returns {object[]} */
  rows = () => this.cards.rows();

  /** The server's clock. @returns {number} unix seconds */
  now = () => Date.now() / 1000 + this.skew;

  /** Draws an answer of the feed.
   * @param {import("./feed.js").Answer} answer @param {boolean} isFull @param {boolean} isRestarted */
  show(answer, isFull, isRestarted) {
    this.skew = answer.now - Date.now() / 1000;
    this.hasBin ||= Boolean(answer.has_bin || answer.gone.length);
    this.anchor.during(() => {
      if (isRestarted) this.#restart(answer);
      for (const id of answer.gone) this.cards.remove(id);
      this.#put(answer.rows.filter((row) => this.#belongs(row)));
      this.#showNotices(answer.notices);
      this.#drawAll();
    });
  }

  /** Draws the card of a press before the server knows it, and brings it in sight. @param {object[]} rows */
  expect(rows) {
    this.#put(rows);
    scrollToNode(this.cards.byClick.get(rows[0].click).node, GAP);
  }

  /** Replaces the expected tiles of a press by the jobs of its receipt. @param {string} click @param {object[]} rows */
  confirm(click, rows) {
    // The feed may have been quicker than the receipt, whose rows are older then.
    const isNews = ({ id }) => !this.cards.tiles.has(id) || this.cards.tiles.get(id).row.expected;
    this.#put(rows.filter(isNews));
    for (const { id } of this.#expected(click)) this.cards.remove(id);
    this.#drawAll();
    if (click !== this.expectedGrid) return;
    this.expectedGrid = null;
    if (rows.length) this.actions.grid(rows[0]);
  }

  /** Whether a press still waits for its receipt. @param {string} click @returns {boolean} */
  expects = (click) => this.#expected(click).length > 0;

  #expected = (click) => this.rows().filter((row) => row.click === click && row.expected);

  /** Shows a notice over the gallery until it is dismissed; "" removes it.
   * @param {import("../shared/messages.js").Message | string} message
   * @param {import("../form/filled.js").Action} [action] what can be done about it */
  say(message, action) {
    clearTimeout(this.fading);
    this.notice.replaceChildren();
    if (!message) return;
    this.notice.append(...noteParts(message.code ? inFull(message) : message, action, () => this.say("")));
  }

  /** Shows a notice that goes by itself: what came of a press, with nothing to do about it. @param {string} sentence */
  sayBriefly(sentence) {
    this.say(sentence);
    this.fading = setTimeout(() => this.say(""), BRIEF_MS);
  }

  /** Shows whether the connection is lost. @param {boolean} isLost */
  showConnection = (isLost) => setText(this.lost, isLost ? inFull(this.actions.messages.offline) : "");

  /** Images that can be opened, in the order of the list. */
  images = () => openable(this.cards.node, this.cards.tiles);

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
    this.cards.draw(new Set(rows.map(({ click }) => click)), this.now());
    this.#drawAll();
    for (const { id } of rows) this.#showPair(id);
    dispatchEvent(new Event("playground:rows"));
  }

  /** Draws one row. @returns {string} the announcement of its end, "" while it goes on */
  #putRow(row) {
    const tile = this.cards.tiles.get(row.id);
    if (!tile) {
      this.cards.add(row, this.now());
      return "";
    }
    const before = tile.row;
    tile.update(row, this.now());
    if (!isResting(before) && isResting(row)) {
      this.actions.ended(row);
      if (row.field) this.actions.refused(row);
    }
    if (before.expected && !row.expected) this.cards.settle(row);
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

  #showPair(id) {
    const { row } = this.cards.tiles.get(id);
    if (this.expectedComparison !== row.click) return;
    const other = partner(row, this.rows());
    if (!other || !canCompare(row) || !canCompare(other)) return;
    this.expectedComparison = null;
    if (!document.querySelector("dialog[open]")) this.actions.compare(row);
  }

  /** Announces a text to screen readers. @param {string} announcement */
  announce(announcement) {
    // A live region reads only changes: a text that repeats the last one gets a space more.
    this.live.textContent = this.live.textContent === announcement ? `${announcement}\u00a0` : announcement;
  }

  /** Removes the tile of a deleted job. @param {string} id */
  drop(id) {
    this.hasBin = true;
    this.anchor.during(() => {
      this.cards.remove(id);
      this.#drawAll();
    });
  }

  /** Draws what depends on all cards: which one is large, and what is offered beside them. */
  #drawAll() {
    this.cards.markLead();
    this.node.classList.toggle("used", this.cards.order.length > 0);
    const hasHistory = this.hasBin || !this.more.hidden || this.rows().some(({ pictures }) => pictures.length);
    this.node.classList.toggle("has-history", hasHistory);
  }

  /** Begins with a first page in full: a tile that is not on it is gone, or comes again with the older ones. */
  #restart({ rows, more }) {
    const known = new Set(rows.map(({ id }) => id));
    for (const { id, expected } of this.rows()) if (!known.has(id) && !expected) this.cards.remove(id);
    this.#reachTo(rows, more);
  }

  #reachTo(rows, more) {
    this.reach = more ? Math.min(...rows.map(({ created }) => created)) : -Infinity;
    this.more.hidden = !more;
  }

  /** Whether a changed row is shown now: one that lies further back than the list comes with its page. */
  #belongs = (row) => this.cards.tiles.has(row.id) || row.created >= this.reach || !isEnded(row);

  /** @param {number} edge px from the window's top under which the results begin to be seen */
  #nodeToKeep(edge) {
    if (this.node.getBoundingClientRect().top >= edge) return null;
    return this.cards.order.find(({ node }) => node.getBoundingClientRect().bottom > edge)?.node;
  }

  async #showOlder() {
    this.more.disabled = true;
    const page = await this.actions.older(this.reach).catch(() => null);
    this.more.disabled = false;
    if (!page) return this.say(this.actions.messages.older_not_loaded);
    const last = this.cards.order.at(-1)?.node;
    this.#put(page.rows);
    this.#reachTo(page.rows, page.more);
    // The button is gone or further down now: the focus goes on to the first image that came.
    last?.nextElementSibling?.querySelector("button")?.focus({ preventScroll: true });
  }
}
