/** History: all finished images of this visitor, searched, filtered and selected. Fetched when first opened. */
import { removed } from "../gallery/deletion.js";
import { closeButton } from "../shared/close_button.js";
import { button, make, setText } from "../shared/dom.js";
import { day } from "../shared/formats.js";
import { icon } from "../shared/icons.js";
import { closeOnBack } from "../shared/layers.js";
import { noteParts } from "../shared/note_parts.js";
import { loadStyle } from "../shared/stylesheet.js";
import { text } from "../shared/texts.js";
import { Viewer } from "../viewer/viewer.js";
import { Bin } from "./bin.js";
import { FoundList } from "./list.js";
import { packPart, removePart } from "./selected.js";
import { Selection } from "./selection.js";

const PAUSE_MS = 200; // after the last key

/**
 * @typedef {object} HistoryActions
 * @property {(search: object) => Promise<?object>} find
 * @property {(jobs: string[]) => Promise<string[]>} remove resolves to those that are deleted
 * @property {(jobs: string[]) => Promise<string[]>} undelete resolves to those that are back
 * @property {(before: ?object) => Promise<?object>} binned a page of what was deleted
 * @property {(which: object) => Promise<{deleted: string[], left: ?object}>} removeForGood
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
    this.notice = make("p", { className: "quiet note", role: "status", hidden: true });
    const on = { added: (tile) => this.selection.offer(tile), started: (answer) => this.#showSummary(answer) };
    this.list = new FoundList(this.#tileActions(), actions.find, on, "history.none");
    this.selection = new Selection((selection) =>
      [packPart(selection, actions.pack), removePart(selection, (jobs) => this.#remove(jobs))]);
    this.bin = new Bin(actions, (sentence) => this.#say(sentence));
    this.viewer = new Viewer(this.list.images, this.#imageActions());
    const close = closeButton(() => this.node.close());
    this.node = make("dialog", { className: "history", "aria-label": text("history.title") },
      make("header", {}, make("h2", {}, text("history.title")), this.count, close), this.#filters(), this.cleanup, this.notice,
      this.selection.node, this.list.node, ...this.bin.nodes, this.viewer.node);
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
    for (const row of rows) this.list.restore(row);
    this.bin.follow(rows, gone);
    this.#drop(gone.filter((id) => tiles.has(id)));
    // What is back counts again, and what has just ended comes.
    const hasNews = gone.length > 0 || rows.some(({ state }) => state === "completed");
    if (!hasNews || this.bin.isShown) return;
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
    const remove = async (rows) => (await this.#remove(rows.map(({ id }) => id))).length === rows.length;
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
    this.days = [text("history.today"), text("history.yesterday")].map((name) => {
      const node = toggle(name, name, () => this.#showDay(node));
      return node;
    });
    [this.model, this.lora] = [text("history.model"), text("history.lora")].map((name) =>
      make("select", { "aria-label": name, hidden: true, onchange: show }));
    this.deleted = toggle(text("history.bin"), text("history.bin"), () => this.#showBin(isOn(this.deleted)));
    this.deleted.classList.add("deleted");
    this.deleted.prepend(icon("remove"));
    return make("div", { className: "filters", role: "search" },
      this.search, this.favourites, ...this.days, this.model, this.lora, this.deleted);
  }

  #showBin(isShown) {
    clearTimeout(this.updating);
    this.node.classList.toggle("in-bin", isShown);
    this.list.node.hidden = this.cleanup.hidden = isShown;
    this.#say("");
    this.list.clear();
    this.selection.refresh();
    this.bin.setShown(isShown);
    if (!isShown) this.#show();
    setText(this.count, "");
  }

  /** Shows one day alone, or all again. @param {HTMLElement} pressed */
  #showDay(pressed) {
    for (const node of this.days.filter((one) => one !== pressed)) node.setAttribute("aria-pressed", "false");
    this.#show();
  }

  #search() {
    const [isToday, isYesterday] = this.days.map(isOn);
    return {
      words: this.search.value.trim(),
      favourite: isOn(this.favourites),
      since: isToday ? startOfDay(0) : isYesterday ? startOfDay(1) : 0,
      until: isYesterday ? startOfDay(0) : 0,
      model: this.model.value,
      lora: this.lora.value,
    };
  }

  async #show() {
    clearTimeout(this.typing);
    this.#say("");
    await this.list.show(this.#search());
    this.selection.refresh();
  }

  async #setFavourite(row) {
    const tile = this.list.tiles.get(row.id);
    const isDone = await this.actions.imageActions.setFavourite(row);
    if (isDone) tile?.update({ ...row, favourite: !row.favourite }, 0);
    this.#say(isDone ? "" : text("shared.not_favoured"));
    return isDone;
  }

  /** Says something above the list until it is dismissed; "" removes it. */
  #say(sentence, action = null) {
    this.notice.replaceChildren(...(sentence ? noteParts(sentence, action, () => this.#say("")) : []));
    this.notice.hidden = !sentence;
  }

  async #remove(jobs) {
    const rows = new Map(this.list.rows().map((row) => [row.id, row]));
    const deleted = await this.actions.remove(jobs);
    this.list.drop(deleted);
    this.selection.refresh();
    this.viewer.refresh();
    this.#showCount(this.total - deleted.length);
    const undo = { label: text("form.undo"), run: () => this.#undo(deleted) };
    this.#say(deleted.length ? removed(deleted.map((id) => rows.get(id))) : "", undo);
    if (!this.viewer.node.open) this.#focus(); // the button that was pressed is gone
    return deleted;
  }

  /** Puts deleted images back; `follow` shows them. */
  async #undo(jobs) {
    const back = await this.actions.undelete(jobs);
    this.#say(text(back.length ? "shared.restored" : "shared.not_restored"));
  }

  /** The search is at hand for a keyboard; on a touch screen its keyboard would cover the pictures. */
  #focus() {
    const hasTouch = matchMedia("(pointer: coarse)").matches;
    (hasTouch ? this.node.querySelector(".close") : this.search).focus();
  }
}

/** @param {number} ago days @returns {number} unix seconds */
function startOfDay(ago) {
  const date = new Date();
  date.setDate(date.getDate() - ago); // a day may have 23 hours
  return date.setHours(0, 0, 0, 0) / 1000;
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
