/** Grid of one press: a dialog that fills as images are made, saved as one labelled image. Fetched when first opened. */
import { closeButton } from "../shared/close_button.js";
import { address, button, make, setText } from "../shared/dom.js";
import { alt } from "../shared/labels.js";
import { closeOnBack } from "../shared/layers.js";
import { loadStyle } from "../shared/stylesheet.js";
import { text } from "../shared/texts.js";
import { cellLabel } from "./cell_label.js";
import { axesOf, cellOf } from "./rows.js";

/** Opens the dialog; resolves when it is closed. @param {() => object[]} rows of the press as they are now
 * @param {(text: string) => void} say */
export async function open(rows, say) {
  await loadStyle(new URL("./view.css", import.meta.url).href);
  const view = new View(rows, say);
  document.body.append(view.node);
  view.node.showModal();
  closeOnBack(view.node);
  return new Promise((resolve) => view.node.addEventListener("close", () => resolve(view.remove())));
}

class View {
  constructor(rows, say) {
    this.rows = rows;
    this.table = make("table", {});
    this.status = make("p", { role: "status", hidden: true });
    this.save = button(text("grid.save"), () => this.#save(say));
    const close = closeButton(() => this.node.close());
    this.node = make("dialog", { className: "grid-view", "aria-label": text("grid.title") },
      make("header", {}, make("h2", {}, text("grid.title")), this.save, this.status, close),
      make("div", { className: "stage", tabIndex: 0 }, this.table));
    this.draw = () => this.#draw();
    addEventListener("playground:rows", this.draw);
    this.#draw();
  }

  remove() {
    removeEventListener("playground:rows", this.draw);
    this.node.remove();
  }

  #draw() {
    const rows = this.rows();
    const state = JSON.stringify(rows.map(({ id, state, pictures }) => [id, state, pictures.length]));
    if (!rows.length || state === this.drawn) return;
    this.drawn = state;
    this.axes = axesOf(rows);
    this.#fillTable(rows);
    this.save.disabled = !rows.some(isShown);
  }

  #fillTable(rows) {
    const { across, down } = this.axes;
    const head = (label) => make("th", { scope: "col", dir: "auto" }, cellLabel(label));
    const lines = (down.length ? down : [null]).map((label) => make("tr", {},
      ...(label ? [make("th", { scope: "row", dir: "auto" }, cellLabel(label))] : []),
      ...across.map(() => make("td", {}))));
    for (const row of rows) {
      const [column, line] = cellOf(row, this.axes);
      lines[line].querySelectorAll("td")[column].replaceChildren(content(row));
    }
    const [{ width, height }] = rows;
    const shape = { cols: across.length, rows: lines.length, w: width || 1, h: height || 1 };
    for (const [name, value] of Object.entries(shape)) this.table.style.setProperty(`--${name}`, value);
    const corner = down.length ? [make("td", {})] : [];
    this.table.replaceChildren(
      make("thead", {}, make("tr", {}, ...corner, ...across.map(head))), make("tbody", {}, ...lines));
  }

  async #save(say) {
    const { saveGrid } = await import("./file.js");
    this.save.disabled = true;
    setText(this.status, text("grid.saving"));
    try {
      await saveGrid(this.rows().filter(isShown), this.axes);
      setText(this.status, "");
    } catch {
      setText(this.status, text("grid.not_saved"));
      say(text("grid.not_saved"));
    }
    this.save.disabled = false;
  }
}

const isShown = ({ state, pictures }) => state === "completed" && pictures.length > 0 && !pictures[0].nsfw;

function content(row) {
  if (isShown(row)) {
    const [{ src, width, height }] = row.pictures;
    return make("img", { src: address(src), width, height, alt: alt(row), decoding: "async", loading: "lazy" });
  }
  const reason = row.state === "completed" ? "covered" : row.ended ? "failed" : "coming";
  const empty = make("div", { className: "place" }, text(`grid.${reason}`));
  empty.style.aspectRatio = `${row.width} / ${row.height}`;
  return empty;
}
