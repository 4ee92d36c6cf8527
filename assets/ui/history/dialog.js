/** History: all finished images of this visitor, searched, filtered and selected. Fetched when first opened. */
import { closeButton } from "../shared/close_button.js";
import { button, make, setText } from "../shared/dom.js";
import { day } from "../shared/formats.js";
import { closeOnBack } from "../shared/layers.js";
import { loadStyle } from "../shared/stylesheet.js";
import { text } from "../shared/texts.js";
import { Viewer } from "../viewer/viewer.js";
import { FoundList } from "./list.js";
import { Selection } from "./selection.js";

const PAUSE_MS = 200; // after the last key

/**
 * @typedef {object} HistoryActions
 * @property {(search: object) => Promise<?object>} find
 * @property {(jobs: string[]) => Promise<string[]>} remove resolves to those that are deleted
 * @property {(jobs: string[], isClean: boolean) => Promise<?string>} pack
 * @property {import("../viewer/actions.js").ImageActions} imageActions @property {object} messages
 */

/** Opens the dialog; resolves when it is closed. @param {HTMLElement} place @param {HistoryActions} actions */
export async function open(place, actions) {
  await loadStyle(new URL("./dialog.css", import.meta.url).href);
  const history = new History(actions);
  place.append(history.node);
  history.node.showModal();
  closeOnBack(history.node);
  history.start();
  addEventListener("playground:changed", history.follow);
  return new Promise((resolve) => history.node.addEventListener("close", () => {
    removeEventListener("playground:changed", history.follow);
    resolve(history.node.remove());
  }));
}

class History {
  constructor(actions) {
    this.actions = actions;
    this.count = make("span", { className: "quiet", role: "status" });
    this.cleanup = make("p", { className: "quiet", hidden: true });
    this.notice = make("p", { className: "quiet", role: "status", hidden: true });
    const on = { added: (tile) => this.selection.offer(tile), started: (answer) => this.#showSummary(answer) };
    this.list = new FoundList(this.#tileActions(), actions.find, on);
    this.selection = new Selection({ pack: actions.pack, remove: (jobs) => this.#remove(jobs) });
    this.viewer = new Viewer(this.list.images, this.#imageActions());
    const close = closeButton(() => this.node.close());
    this.node = make("dialog", { className: "history", "aria-label": text("history.title") },
      make("header", {}, make("h2", {}, text("history.title")), this.count, close), this.#filters(), this.cleanup, this.notice,
      this.selection.node, this.list.node, this.viewer.node);
    this.node.addEventListener("click", (event) => event.target === this.node && this.node.close());
  }

  /** Shows the newest. */
  start() {
    this.#focus();
    this.#show();
  }

  /** Follows changes, those made in other tabs too. @param {CustomEvent} event its detail is an answer of the feed */
  follow = ({ detail: { rows, gone } }) => {
    const { tiles } = this.list;
    for (const row of rows) tiles.get(row.id)?.update(row, 0);
    this.#drop(gone.filter((id) => tiles.has(id)));
    const hasNew = rows.some(({ id, state }) => state === "completed" && !tiles.has(id));
    if (!gone.length && !hasNew) return;
    clearTimeout(this.updating);
    this.updating = setTimeout(() => this.list.update(), PAUSE_MS);
  };

  #drop(ids) {
    if (!ids.length) return;
    this.list.drop(ids);
    this.selection.refresh();
    this.viewer.refresh();
    if (!this.node.contains(document.activeElement)) this.#focus();
  }

  /** Shows the count, the clean-up note and the filters, which come with every first page. */
  #showSummary({ count, swept, models, loras }) {
    this.#showCount(count);
    const { pictures: sweptCount, last } = swept;
    setText(this.cleanup, sweptCount ? text("history.swept", { count: sweptCount, day: day(last) }) : "");
    setOptions(this.model, text("history.any_model"), models, models.length > 1);
    setOptions(this.lora, text("history.any_lora"), loras, loras.length > 0);
  }

  #showCount(count) {
    this.total = count;
    setText(this.count, count ? text("history.count", { count }) : "");
  }

  #tileActions() {
    return {
      messages: this.actions.messages,
      open: (tile, index) => this.viewer.open(tile, index),
      setFavourite: (row) => this.#setFavourite(row),
    };
  }

  #imageActions() {
    const remove = async (row) => (await this.#remove([row.id])).length > 0;
    const setFavourite = (row) => this.#setFavourite(row);
    const rows = () => (this.list.isNarrowed() ? [] : this.list.rows()); // a search may miss the image before this one
    return { ...this.actions.imageActions, rows, setFavourite, remove, leave: () => this.node.close() };
  }

  #filters() {
    const show = () => this.#show();
    this.search = make("input",
      { type: "search", placeholder: text("history.search"), "aria-label": text("history.search"), autocomplete: "off" });
    this.search.oninput = () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(show, PAUSE_MS);
    };
    this.favourites = toggle(`★ ${text("history.favourites")}`, text("history.favourites"), show);
    this.today = toggle(text("history.today"), text("history.today"), show);
    [this.model, this.lora] = [text("history.model"), text("history.lora")].map((name) =>
      make("select", { "aria-label": name, hidden: true, onchange: show }));
    return make("div", { className: "filters", role: "search" },
      this.search, this.favourites, this.today, this.model, this.lora);
  }

  #search() {
    return {
      words: this.search.value.trim(),
      favourite: isOn(this.favourites),
      since: isOn(this.today) ? new Date().setHours(0, 0, 0, 0) / 1000 : 0,
      model: this.model.value,
      lora: this.lora.value,
    };
  }

  async #show() {
    clearTimeout(this.typing);
    setText(this.notice, "");
    await this.list.show(this.#search());
    this.selection.refresh();
  }

  async #setFavourite(row) {
    const tile = this.list.tiles.get(row.id);
    const isDone = await this.actions.imageActions.setFavourite(row);
    if (isDone) tile?.update({ ...row, favourite: !row.favourite }, 0);
    setText(this.notice, isDone ? "" : text("shared.not_favoured"));
    return isDone;
  }

  async #remove(jobs) {
    const deleted = await this.actions.remove(jobs);
    this.list.drop(deleted);
    this.selection.refresh();
    this.viewer.refresh();
    this.#showCount(this.total - deleted.length);
    setText(this.notice, deleted.length ? text("history.removed", { count: deleted.length }) : "");
    if (!this.viewer.node.open) this.#focus(); // the button that was pressed is gone
    return deleted;
  }

  /** The search is at hand for a keyboard; on a touch screen its keyboard would cover the pictures. */
  #focus() {
    const hasTouch = matchMedia("(pointer: coarse)").matches;
    (hasTouch ? this.node.querySelector(".close") : this.search).focus();
  }
}

function toggle(label, name, onChange) {
  const node = button(label, () => {
    node.setAttribute("aria-pressed", String(!isOn(node)));
    onChange();
  }, { className: "toggle", "aria-pressed": "false", "aria-label": name });
  return node;
}

const isOn = (node) => node.getAttribute("aria-pressed") === "true";

/** Fills a filter with its choices; the chosen one stays chosen where it is still among them. */
function setOptions(select, any, values, isUseful) {
  const { value: chosen } = select;
  const options = values.map((value) => make("option", { value }, value));
  select.replaceChildren(make("option", { value: "" }, any), ...options);
  select.value = values.includes(chosen) ? chosen : "";
  select.hidden = !isUseful;
}
