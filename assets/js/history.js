/** All finished pictures of this visitor, across days: searched, marked, chosen. Fetched when it is first opened. */
import { button, make, setText } from "./dom.js";
import { FoundList } from "./history_list.js";
import { Picks } from "./history_picks.js";
import { words } from "./history_words.js";
import { loadStyle } from "./style_sheet.js";
import { Viewer } from "./viewer.js";
import { words as labels } from "./words.js";

const PAUSE = 200; // ms after the last letter

/**
 * @typedef {object} Past what the page lends
 * @property {(asked: object) => Promise<?object>} find
 * @property {(jobs: string[]) => Promise<string[]>} remove gives those that are gone
 * @property {(jobs: string[], clean: boolean) => Promise<?string>} pack
 * @property {import("./viewer_acts.js").Means} means @property {object} messages
 */

/** Opens the dialog; resolves when it is closed. @param {HTMLElement} place @param {Past} past */
export async function open(place, past) {
  await loadStyle(new URL("./history.css", import.meta.url).href);
  const history = new History(past);
  place.append(history.node);
  history.node.showModal();
  history.begin();
  addEventListener("playground:changed", history.follow);
  return new Promise((closed) => history.node.addEventListener("close", () => {
    removeEventListener("playground:changed", history.follow);
    closed(history.node.remove());
  }));
}

class History {
  constructor(past) {
    this.past = past;
    this.count = make("span", { className: "quiet", role: "status" });
    this.swept = make("p", { className: "quiet", hidden: true });
    this.notice = make("p", { className: "quiet", role: "status", hidden: true });
    const tell = { added: (tile) => this.picks.offer(tile), begun: (answer) => this.#tell(answer) };
    this.list = new FoundList(this.#acts(), past.find, tell);
    this.picks = new Picks({ pack: past.pack, remove: (jobs) => this.#remove(jobs) });
    this.viewer = new Viewer(this.list.pictures, this.#means());
    const close = button("×", () => this.node.close(), { className: "close", "aria-label": words.close });
    this.node = make("dialog", { className: "history", "aria-label": words.title },
      make("header", {}, make("h2", {}, words.title), this.count, close), this.#filters(), this.swept, this.notice,
      this.picks.node, this.list.node, this.viewer.node);
    this.node.addEventListener("click", (event) => event.target === this.node && this.node.close());
  }

  /** Shows the newest. */
  begin() {
    this.search.focus();
    this.#show();
  }

  /** What changed elsewhere, in another tab too. @param {CustomEvent} event its detail is an answer of the feed */
  follow = ({ detail: { rows, gone } }) => {
    const { tiles } = this.list;
    for (const row of rows) tiles.get(row.id)?.update(row, 0);
    this.#take(gone.filter((id) => tiles.has(id)));
    const isNews = rows.some(({ id, state }) => state === "completed" && !tiles.has(id));
    if (!gone.length && !isNews) return;
    clearTimeout(this.renewing);
    this.renewing = setTimeout(() => this.list.renew(), PAUSE);
  };

  #take(ids) {
    if (!ids.length) return;
    this.list.drop(ids);
    this.picks.refresh();
    this.viewer.refresh();
    if (!this.node.contains(document.activeElement)) this.search.focus();
  }

  /** What is known of all of them comes with every first page. */
  #tell({ count, swept, models, loras }) {
    this.#counted(count);
    setText(this.swept, swept.pictures ? words.swept(swept) : "");
    offer(this.model, words.anyModel, models, models.length > 1);
    offer(this.lora, words.anyLora, loras, loras.length > 0);
  }

  #counted(count) {
    this.total = count;
    setText(this.count, words.count(count));
  }

  #acts() {
    return {
      messages: this.past.messages,
      open: (tile, index) => this.viewer.open(tile, index),
      favour: (row) => this.#favour(row),
    };
  }

  #means() {
    const remove = async (row) => (await this.#remove([row.id])).length > 0;
    const favour = (row) => this.#favour(row);
    const rows = () => (this.list.isNarrowed() ? [] : this.list.rows()); // the one before may not be among the found
    return { ...this.past.means, rows, favour, remove, leave: () => this.node.close() };
  }

  #filters() {
    const show = () => this.#show();
    this.search = make("input", { type: "search", placeholder: words.search, "aria-label": words.search, autocomplete: "off" });
    this.search.oninput = () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(show, PAUSE);
    };
    this.favourites = toggle(`★ ${words.favourites}`, words.favourites, show);
    this.today = toggle(words.today, words.today, show);
    [this.model, this.lora] = [words.model, words.lora].map((name) => make("select", { "aria-label": name, hidden: true, onchange: show }));
    return make("div", { className: "filters", role: "search" }, this.search, this.favourites, this.today, this.model, this.lora);
  }

  #asked() {
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
    await this.list.show(this.#asked());
    this.picks.refresh();
  }

  async #favour(row) {
    const tile = this.list.tiles.get(row.id);
    const isDone = await this.past.means.favour(row);
    if (isDone) tile?.update({ ...row, favourite: !row.favourite }, 0);
    setText(this.notice, isDone ? "" : labels.notFavoured);
    return isDone;
  }

  async #remove(jobs) {
    const deleted = await this.past.remove(jobs);
    this.list.drop(deleted);
    this.picks.refresh();
    this.viewer.refresh();
    this.#counted(this.total - deleted.length);
    setText(this.notice, deleted.length ? words.removed(deleted.length) : "");
    if (!this.viewer.node.open) this.search.focus(); // the button that was pressed is gone
    return deleted;
  }
}

function toggle(text, name, then) {
  const node = button(text, () => {
    node.setAttribute("aria-pressed", String(!isOn(node)));
    then();
  }, { className: "toggle", "aria-pressed": "false", "aria-label": name });
  return node;
}

const isOn = (node) => node.getAttribute("aria-pressed") === "true";

function offer(select, any, values, isUseful) {
  const { value: chosen } = select;
  const options = values.map((value) => make("option", { value }, value));
  select.replaceChildren(make("option", { value: "" }, any), ...options);
  select.value = values.includes(chosen) ? chosen : "";
  select.hidden = !isUseful;
}
