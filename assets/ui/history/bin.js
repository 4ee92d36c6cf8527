/** Bin: the images that were deleted lately, to put back or to delete for good. */
import { confirmButton } from "../shared/confirm_button.js";
import { make, setText } from "../shared/dom.js";
import { inFull } from "../shared/messages.js";
import { text } from "../shared/texts.js";
import { FoundList } from "./list.js";
import { removeForGoodPart, restorePart } from "./selected.js";
import { Selection } from "./selection.js";

const DAY = 86_400; // seconds

export class Bin {
  /** @param {import("./dialog.js").HistoryActions} actions @param {(sentence: string) => void} say */
  constructor(actions, say) {
    Object.assign(this, { actions, say });
    const open = ({ row }) => this.selection.toggle(row.id);
    const on = { added: (tile) => this.#offer(tile), started: (answer) => this.#showSummary(answer) };
    const tileActions = { messages: actions.messages, open, setFavourite: () => {} };
    this.list = new FoundList(tileActions, (search) => this.#find(search), on, "history.bin_none");
    this.selection = new Selection((selection) => [
      restorePart(selection, (jobs) => this.#restore(jobs)),
      removeForGoodPart(selection, (jobs) => this.#removeForGood({ jobs })),
    ]);
    this.hint = make("span", {});
    this.emptying = confirmButton(() => say(text("history.emptying")), () => this.#empty(),
      { first: text("history.empty"), second: text("history.remove_now") });
    this.head = make("p", { className: "quiet bin-head" }, this.hint, this.emptying.node);
    this.nodes = [this.head, this.selection.node, this.list.node];
    this.setShown(false);
  }

  /** Shows the bin, or something else in its place. @param {boolean} isShown */
  setShown(isShown) {
    this.isShown = isShown;
    this.head.hidden = this.list.node.hidden = !isShown;
    this.emptying.node.hidden = true; // until there is something to delete
    this.list.clear();
    this.#redraw();
    if (isShown) this.list.show({});
  }

  /** Follows changes, those made in other tabs too: jobs that are back, gone, or new in here.
   * @param {object[]} rows @param {string[]} gone */
  follow(rows, gone) {
    if (!this.isShown) return;
    const has = (id) => this.list.tiles.has(id);
    this.#drop([...rows.map(({ id }) => id), ...gone].filter(has));
    if (gone.length) this.list.update();
  }

  async #find({ before }) {
    const answer = await this.actions.binned(before && { binned: before.created, created: before.made, id: before.id });
    // By the time of deletion: the order of the list, and its days.
    const rowOf = (row) => ({ ...row, created: row.binned, made: row.created });
    return answer && { ...answer, rows: answer.rows.map(rowOf) };
  }

  #offer(tile) {
    const days = Math.max(1, Math.ceil((tile.row.leaves - Date.now() / 1000) / DAY));
    tile.node.append(make("p", { className: "left" }, text("history.bin_left", { count: days })));
    this.selection.offer(tile);
  }

  #showSummary({ days, count }) {
    setText(this.hint, text("history.bin_hint", { days }));
    this.emptying.node.hidden = !count;
  }

  async #restore(jobs) {
    const back = await this.actions.undelete(jobs);
    this.#drop(back);
    if (back.length) this.say(text("history.restored", { count: back.length }));
    return back;
  }

  async #removeForGood(which) {
    const { deleted, left } = await this.actions.removeForGood(which);
    this.#drop(deleted);
    if (left) this.say(inFull(left));
    return deleted;
  }

  async #empty() {
    this.say("");
    const isDone = await this.#removeForGood({ all: true }).then(() => true, () => false);
    this.emptying.node.disabled = false;
    this.emptying.reset();
    if (!isDone) this.say(text("history.not_emptied"));
    this.list.show({});
  }

  #drop(ids) {
    this.list.drop(ids);
    this.emptying.node.hidden ||= !this.list.tiles.size;
    this.#redraw();
  }

  #redraw() {
    this.emptying.reset();
    this.selection.refresh();
  }
}
