/** Cards in their order, the newest first. A tile's node is made once, and moved only with its card. */
import { make } from "../shared/dom.js";
import { Card } from "./card.js";
import { Tile } from "./tile.js";

export class Cards {
  /** @param {import("./gallery.js").GalleryActions} actions */
  constructor(actions) {
    this.actions = actions;
    this.tiles = new Map(); // job id -> tile
    this.byClick = new Map(); // click -> card
    this.order = []; // the cards as they stand
    this.lead = null; // the large one
    this.node = make("div", { className: "cards" });
  }

  /** All rows, in the order of the list. @returns {object[]} */
  rows = () => this.order.flatMap(({ tiles }) => tiles.map(({ row }) => row));

  /** Adds the tile of a new row. @param {object} row @param {number} now */
  add(row, now) {
    const tile = new Tile(row, this.actions);
    tile.tick(now);
    this.tiles.set(row.id, tile);
    const card = this.byClick.get(row.click) ?? this.#newCard(row);
    card.add(tile);
  }

  #newCard(row) {
    const card = new Card(row, this.actions);
    this.byClick.set(row.click, card);
    this.#place(card);
    return card;
  }

  /** The server's time of a press replaces the browser's guess; the card moves only where that changes the order.
   * @param {object} row */
  settle(row) {
    const card = this.byClick.get(row.click);
    if (row.number !== 1) return;
    card.created = row.created;
    const index = this.order.indexOf(card);
    const before = this.order[index - 1];
    const after = this.order[index + 1];
    if (!(before && isBefore(card, before)) && !(after && isBefore(after, card))) return;
    this.order.splice(index, 1);
    this.#place(card);
  }

  #place(card) {
    const found = this.order.findIndex((other) => isBefore(card, other));
    const index = found < 0 ? this.order.length : found;
    this.node.insertBefore(card.node, this.order[index]?.node ?? null);
    this.order.splice(index, 0, card);
  }

  /** @param {string} id of a job */
  remove(id) {
    const tile = this.tiles.get(id);
    if (!tile) return;
    this.tiles.delete(id);
    const card = this.byClick.get(tile.row.click);
    card.remove(tile);
    if (card.tiles.length) return card.draw();
    this.byClick.delete(card.click);
    this.order.splice(this.order.indexOf(card), 1);
    card.node.remove();
  }

  /** Draws what the tiles of some presses share, and the newest with something to see large.
   * @param {Iterable<string>} clicks @param {number} now */
  draw(clicks, now) {
    for (const click of clicks) this.byClick.get(click)?.draw();
    this.markLead();
    this.tick(now);
  }

  /** The newest card with something to see is the large one; what failed after it stands small above. One that fails
   * while it is the large one stays it until something else changes, and makes no other large while it stands there:
   * the page would move under who looks at it. */
  markLead() {
    const newest = this.order.findIndex(({ isWithoutImage }) => !isWithoutImage);
    const failed = newest < 0 ? this.order : this.order.slice(0, newest);
    const isStill = failed.length > 0 && failed[0] === this.lead && !failed[0].isGrid;
    const lead = isStill ? 0 : failed.some(({ wasLead }) => wasLead) ? -1 : newest;
    this.lead = this.order[lead] ?? null;
    this.order.forEach((card, place) => card.setPlace(place === lead ? "lead" : place < failed.length ? "above" : ""));
  }

  /** Updates what counts time. @param {number} now unix seconds */
  tick(now) {
    for (const card of this.order) card.tick(now);
  }
}

function isBefore(one, other) {
  return one.created === other.created ? one.click > other.click : one.created > other.created;
}
