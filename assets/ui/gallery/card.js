/** Card of one press: its prompt once, its pictures, and what can be done with them. */
import { canCompare, partner } from "../compare/pairs.js";
import { cellLabel } from "../grid/cell_label.js";
import { axesOf, axisName, cellOf, isGrid } from "../grid/rows.js";
import { button, make, setText } from "../shared/dom.js";
import { ago } from "../shared/formats.js";
import { captionOf } from "../shared/labels.js";
import { inFull, partOf } from "../shared/messages.js";
import { text } from "../shared/texts.js";
import { cardActions } from "./card_actions.js";
import { isWithoutImage } from "./tile.js";

export class Card {
  /** @param {object} row of one of its jobs @param {import("./gallery.js").GalleryActions} actions */
  constructor({ click, created }, actions) {
    Object.assign(this, { click, created, actions });
    this.tiles = []; // in the order of their numbers
    this.title = make("h2", { hidden: true });
    this.prompt = make("p", { className: "prompt", dir: "auto" });
    this.time = make("p", { className: "time" });
    this.list = make("ul", { className: "tiles" });
    this.note = make("p", { className: "note", dir: "auto", hidden: true });
    this.compare = button(text("gallery.compare"), () => actions.compare(this.#rows()[0]), { className: "minor", hidden: true });
    this.grid = button(text("gallery.grid"), () => actions.grid(this.#rows()[0]), { className: "minor", hidden: true });
    this.bar = make("div", { className: "acts", role: "group" });
    this.node = make("article", { className: "card" },
      make("header", {}, this.title, this.prompt, this.time),
      make("div", { className: "canvas" }, this.list), this.bar, this.note);
  }

  #rows = () => this.tiles.map(({ row }) => row);

  /** Whether it has nothing to see: all of it failed. */
  get isWithoutImage() {
    return this.tiles.every(({ row }) => isWithoutImage(row));
  }

  /** @param {import("./tile.js").Tile} tile */
  add(tile) {
    const found = this.tiles.findIndex(({ row }) => row.number > tile.row.number);
    const index = found < 0 ? this.tiles.length : found;
    this.list.insertBefore(tile.node, this.tiles[index]?.node ?? null);
    this.tiles.splice(index, 0, tile);
  }

  /** @param {import("./tile.js").Tile} tile */
  remove(tile) {
    tile.node.remove();
    this.tiles.splice(this.tiles.indexOf(tile), 1);
  }

  /** Draws what the tiles share, and only what has changed. */
  draw() {
    const rows = this.#rows();
    const drawn = JSON.stringify(rows);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.#drawShape(rows);
    setText(this.prompt, captionOf(rows[0]));
    setText(this.note, noteOf(rows));
    this.#drawCells(rows);
    this.#drawPair(rows);
    this.#drawActions(rows);
  }

  /** @param {number} now unix seconds */
  tick(now) {
    for (const tile of this.tiles) tile.tick(now);
    const time = ago(this.created, now);
    if (this.time.textContent !== time) this.time.textContent = time;
  }

  /** @param {"above" | "lead" | ""} place of the card among the others */
  setPlace(place) {
    this.wasLead ||= place === "lead";
    this.node.classList.toggle("above", place === "above");
    this.node.classList.toggle("lead", place === "lead");
  }

  /** Reserves the room of the pictures, from the press on. */
  #drawShape(rows) {
    const shown = rows.filter((row) => !isWithoutImage(row));
    const counted = shown.length ? shown : rows;
    const [{ width, height }] = counted;
    this.list.dataset.count = counted.length;
    this.list.style.setProperty("--w", width || 1);
    this.list.style.setProperty("--h", height || 1);
    this.node.classList.toggle("troubled", this.isWithoutImage);
    const [{ columns }] = rows; // of a grid whose jobs are not known yet
    if (!columns) return;
    this.list.style.setProperty("--cols", columns);
    this.list.style.setProperty("--rows", Math.ceil(rows.length / columns));
  }

  /** Puts the images of a grid into its cells, each under its values. */
  #drawCells(rows) {
    const known = rows.filter(({ expected }) => !expected);
    this.isGrid = known.length === rows.length && isGrid(rows);
    this.node.classList.toggle("grid-card", this.isGrid || Boolean(rows[0].columns));
    this.grid.hidden = !this.isGrid;
    setText(this.title, this.isGrid ? titleOf(axesOf(rows)) : "");
    if (this.isGrid) this.#placeCells(axesOf(rows));
  }

  #placeCells(axes) {
    const { across, down } = axes;
    this.list.style.setProperty("--cols", across.length);
    this.list.style.setProperty("--rows", Math.max(1, down.length));
    for (const tile of this.tiles) {
      const [column, line] = cellOf(tile.row, axes);
      tile.node.style.gridArea = `${line + 1} / ${column + 1}`;
      tile.setLabel([across[column], down[line]].filter(Boolean).map(cellLabel).join(" · "));
    }
  }

  #drawPair(rows) {
    const [one] = rows;
    const other = partner(one, rows);
    this.compare.hidden = !other || !canCompare(one) || !canCompare(other);
    if (!other) return;
    for (const tile of this.tiles) {
      tile.setLabel(text(tile.row.loras.length ? "shared.with_lora" : "shared.without_lora"));
    }
  }

  #drawActions(rows) {
    const done = rows.filter(({ state, pictures }) => state === "completed" && pictures.length);
    const isSeries = this.isGrid || Boolean(partner(rows[0], rows));
    const drawn = JSON.stringify([isSeries, rows.length, done.map(({ id, pictures }) => [id, pictures])]);
    if (drawn === this.actionsDrawn) return;
    this.actionsDrawn = drawn;
    this.bar.setAttribute("aria-label", text("gallery.actions", { prompt: captionOf(rows[0]).slice(0, 80) }));
    const focused = this.bar.contains(document.activeElement) && document.activeElement.className;
    this.bar.replaceChildren(this.compare, this.grid, ...(done.length ? cardActions(done, { isSeries }, this.actions) : []));
    if (focused) this.bar.querySelector(`[class="${focused}"]`)?.focus({ preventScroll: true });
  }
}

const titleOf = ({ across, down }) => text("gallery.grid_title",
  { axes: [across, down].filter(({ length }) => length).map(([{ field }]) => axisName(field)).join(" × ") });

/** Notes of a press, each once. */
function noteOf(rows) {
  const notes = rows.flatMap((row) => [...[...(row.notes ?? []), row.seed_note].map(inFull), ...ownNotes(row)]);
  return [...new Set(notes.filter(Boolean))].join(" ");
}

function ownNotes(row) {
  if (row.state !== "completed") return [];
  const putBack = row.pictures.some(({ received }) => received) ? text("shared.put_back") : "";
  return [putBack, partOf(row.message, "happened"), partOf(row.message, "advice")];
}
