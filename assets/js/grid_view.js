/** The grid of one press, filling while it is looked at, and saved as one labelled picture. Fetched when first opened. */
import { address, button, make, setText } from "./dom.js";
import { axesOf, placeOf } from "./grid_of.js";
import { say } from "./grid_words.js";
import { loadStyle } from "./style_sheet.js";

/** Opens the dialog; resolves when it is closed. @param {() => object[]} rows what there is of it now
 * @param {(said: string) => void} tell */
export async function open(rows, tell) {
  await loadStyle(new URL("./grid.css", import.meta.url).href);
  const view = new View(rows, tell);
  document.body.append(view.node);
  view.node.showModal();
  return new Promise((closed) => view.node.addEventListener("close", () => closed(view.leave())));
}

class View {
  constructor(rows, tell) {
    this.rows = rows;
    this.table = make("table", {});
    this.told = make("p", { role: "status", hidden: true });
    this.save = button(say.save, () => this.#save(tell));
    const close = button("×", () => this.node.close(), { className: "close", "aria-label": say.close });
    this.node = make("dialog", { className: "grid-view", "aria-label": say.title },
      make("header", {}, make("h2", {}, say.title), this.save, this.told, close),
      make("div", { className: "stage", tabIndex: 0 }, this.table));
    this.draw = () => this.#draw();
    addEventListener("playground:rows", this.draw);
    this.#draw();
  }

  leave() {
    removeEventListener("playground:rows", this.draw);
    this.node.remove();
  }

  #draw() {
    const rows = this.rows();
    const state = JSON.stringify(rows.map(({ id, state, pictures }) => [id, state, pictures.length]));
    if (!rows.length || state === this.drawn) return;
    this.drawn = state;
    this.axes = axesOf(rows);
    this.#lay(rows);
    this.save.disabled = !rows.some(isShown);
  }

  #lay(rows) {
    const { across, down } = this.axes;
    const head = (label) => make("th", { scope: "col", dir: "auto" }, say.of(label));
    const lines = (down.length ? down : [null]).map((label) => make("tr", {},
      ...(label ? [make("th", { scope: "row", dir: "auto" }, say.of(label))] : []), ...across.map(() => make("td", {}))));
    for (const row of rows) {
      const [column, line] = placeOf(row, this.axes);
      lines[line].querySelectorAll("td")[column].replaceChildren(cell(row));
    }
    const corner = down.length ? [make("td", {})] : [];
    this.table.replaceChildren(make("thead", {}, make("tr", {}, ...corner, ...across.map(head))), make("tbody", {}, ...lines));
  }

  async #save(tell) {
    const { saveGrid } = await import("./grid_file.js");
    this.save.disabled = true;
    setText(this.told, say.saving);
    try {
      await saveGrid(this.rows().filter(isShown), this.axes);
      setText(this.told, "");
    } catch {
      setText(this.told, say.notSaved);
      tell(say.notSaved);
    }
    this.save.disabled = false;
  }
}

const isShown = ({ state, pictures }) => state === "completed" && pictures.length > 0 && !pictures[0].nsfw;

function cell(row) {
  if (isShown(row)) {
    const [{ src, width, height }] = row.pictures;
    return make("img", { src: address(src), width, height, alt: row.prompt, decoding: "async", loading: "lazy" });
  }
  const why = row.state !== "completed" ? (row.ended ? say.failed : say.coming) : say.covered;
  const place = make("div", { className: "place" }, why);
  place.style.aspectRatio = `${row.width} / ${row.height}`;
  return place;
}
