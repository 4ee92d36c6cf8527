/** The live gallery: puts its parts together and gives Gradio's hooks their functions. */
import * as account from "./account.js";
import { button, make, oneAtATime, sleep } from "./dom.js";
import { restore } from "./draft.js";
import { showExamples } from "./examples.js";
import { Feed } from "./feed.js";
import * as fields from "./fields.js";
import { fill, fillBy } from "./filling.js";
import { Gallery } from "./gallery.js";
import { inFull } from "./messages.js";
import { ownKey } from "./own_key.js";
import { awaitReceipt, forgetPending, pending } from "./pending.js";
import { guardPresses, takeClick } from "./presses.js";
import { steadySliders } from "./sliders.js";
import { rowsOf, showGrid } from "./grid_of.js";
import { compare } from "./pairs.js";
import { Viewer } from "./viewer.js";
import { watchOffers } from "./offers.js";
import { collect } from "./parts.js";
import { openVisitor } from "./visitor.js";
import { Waiting } from "./waiting.js";
import { words } from "./words.js";

const RECEIPT = 15_000; // ms a press may go without a receipt before the server is asked for it
const ARRIVED = 2_000; // ms in which a press made just before a reload has arrived, if it does
const PROMPT = "#field-prompt textarea";

/**
 * @typedef {object} Host what Gradio hands to `js_on_load` of a gr.HTML
 * @property {HTMLElement} element @property {object} server @property {{value: any}} props
 * @property {(name: string, then: () => void) => void} watch @property {(event: string, data: object) => void} trigger
 * @property {Object<string, import("./messages.js").Message>} messages what the page says by itself
 */

let restored = null; // what was put into the form when the page came
let page = null; // Gradio may mount the component again: the page's state outlives its element

/** Shows the gallery in a gr.HTML component. @param {Host} host */
export async function mount(host) {
  page ??= openPage(host);
  const { gallery, viewer, feed, visitor, seat } = await page;
  const { messages } = Object.assign(seat, host);
  feed.server = host.server;
  fillBy(() => host.trigger("fill", {}));
  const linked = await (restored ??= restore()); // before anybody can press: what is put back is no surprise then
  host.element.replaceChildren(gallery.node, viewer.node);
  if (linked) gallery.say(words.linked(linked.moved));
  fields.tieHelp();
  host.watch("value", () => receive(gallery, seat));
  Object.assign((window.playground ??= {}), {
    press: (isEarly, ticket, ...values) => press({ gallery, feed, visitor, messages }, isEarly, ...values),
    say: (name) => gallery.say(messages[name]),
  });
}

async function openPage(host) {
  guardPresses();
  steadySliders();
  const seat = { ...host };
  const visitor = await openVisitor();
  const { messages } = host;
  let isShown = false;
  const waiting = new Waiting();
  const refresh = (how) => {
    feed.wake();
    return feed.ask(0, how);
  };
  const gallery = new Gallery({
    messages,
    open: (tile, index) => viewer.open(tile, index),
    refused: showRefusal,
    ended: (row) => {
      account.jobEnded();
      waiting.ended(row);
    },
    compare: (row) => compare(row, gallery.order.map((tile) => tile.row)),
    favour: (row) => favour(row),
    grid: (row) => showGrid(() => rowsOf(row.click, gallery.order.map((tile) => tile.row)), gallery.say),
    older: (before) => seat.server.older({ visitor: visitor.id, before }),
    lookAgain: async (row) => {
      await seat.server.look_again({ visitor: visitor.id, job: row.id });
      await refresh();
    },
    takeBack: async (row) => {
      const isTaken = await seat.server.take_back({ visitor: visitor.id, job: row.id });
      if (isTaken === false) gallery.say(messages.too_late);
      await refresh();
    },
  });
  const favour = async (row) => {
    const asked = { visitor: visitor.id, job: row.id, favourite: !row.favourite };
    const isDone = (await seat.server.favour(asked).catch(() => false)) === true;
    if (isDone) await refresh();
    else gallery.say(words.notFavoured);
    return isDone;
  };
  const means = {
    favour,
    say: (sentence) => gallery.say(sentence),
    rows: () => gallery.order.map(({ row }) => row),
    recipe: (row) => seat.server.recipe({ visitor: visitor.id, job: row.id }),
    remove: async (row) => (await remove([row.id])).length > 0,
  };
  const remove = async (jobs) => {
    const done = await seat.server.delete({ visitor: visitor.id, jobs });
    const gone = done?.deleted ?? [];
    for (const id of gone) gallery.drop(id);
    dispatchEvent(new CustomEvent("playground:deleted", { detail: gone }));
    if (done?.left) gallery.say(done.left);
    return gone;
  };
  const viewer = new Viewer(() => gallery.pictures(), means);
  const feed = new Feed({
    server: host.server,
    visitor: visitor.id,
    trouble: gallery.trouble,
    show: (answer, isFull, isAnew) => {
      gallery.show(answer, isFull, isAnew);
      dispatchEvent(new CustomEvent("playground:changed", { detail: answer }));
      if (isAnew && isShown) account.askAgain(); // the app was started anew, and may hold no key
      isShown = true;
      viewer.refresh();
      waiting.see(gallery.order.map(({ row }) => row));
      offers.visit(gallery.order.map(({ row }) => row));
      offerExamples(gallery);
    },
  });
  const offers = watchOffers({ visitor: visitor.id, estimate: (ask) => seat.server.estimate(ask) });
  const past = {
    messages,
    means,
    remove,
    find: (asked) => seat.server.history({ visitor: visitor.id, ...asked }),
    pack: (jobs, clean) => seat.server.pack({ visitor: visitor.id, jobs, clean }),
  };
  const history = button(words.history, () => openHistory(gallery.node, past), { className: "history" });
  gallery.node.prepend(make("div", { className: "head" }, waiting.node, history));
  if (!visitor.kept) gallery.node.prepend(ownTab(messages.nothing_kept_here));
  tellPending({ gallery, feed, messages });
  account.whenBoardChanges((whole) => {
    offers.renew();
    return refresh({ whole });
  });
  feed.start();
  return { gallery, viewer, feed, visitor, seat };
}

const openHistory = oneAtATime(async (place, past) => {
  const { open } = await import("./history.js");
  await open(place, past);
});

function ownTab({ happened, advice }) {
  const link = make("a", { href: location.href, target: "_blank", rel: "noopener" }, advice);
  return make("p", { className: "quiet" }, `${happened} `, link);
}

/** Tells at its field, or at the key's box, what the service refused. @param {object} row */
function showRefusal(row) {
  if (row.field === "key") account.keyRefused(row);
  else fields.show([{ field: row.field, sentence: inFull(row) }]);
}

/** The hook of Generate: names the click and shows at once what it will make. */
async function press({ gallery, feed, visitor, messages }, isEarly, prompt, pictures, ...rest) {
  const { click, asked } = takeClick(isEarly);
  fields.clear();
  gallery.say("");
  const held = await collect(gallery);
  if (String(prompt ?? "").trim()) {
    gallery.expect(expected(click, prompt, asked.pictures ?? pictures, gallery.now()));
    if (asked.comparison) gallery.showComparison(click);
    if (asked.grid) gallery.awaitedGrid = click;
    gallery.extra.replaceChildren();
    scrollToResults(gallery.node);
    feed.wake();
    awaitReceipt(click, prompt);
    checkReceipt({ gallery, feed, messages }, click);
  }
  return [{ visitor: visitor.id, click, key: ownKey(), ...held, ...asked }, prompt, pictures, ...rest];
}

function expected(click, prompt, pictures, created) {
  const number = (name) => Number(document.querySelector(`input[aria-label="number input for ${name}"]`)?.value) || 1024;
  const size = { width: number("Width"), height: number("Height") };
  return Array.from({ length: Math.max(1, Math.min(25, Number(pictures) || 1)) }, (_, at) => ({
    id: `${click}-${at + 1}`, click, number: at + 1, state: "waiting", prompt, ...size, created,
    loras: [], pictures: [], links: [], expected: true,
  }));
}

/** Where the form and the results share one column, a press brings the results into view. */
function scrollToResults(results) {
  const button = document.querySelector("#generate")?.getBoundingClientRect();
  const { left, right } = results.getBoundingClientRect();
  const oneColumn = button && innerWidth < 1024 && button.left < right && left < button.right;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (oneColumn) results.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
}

/** A press that neither a receipt nor the server's list knows after a while has not arrived. */
async function checkReceipt({ gallery, feed, messages }, click) {
  await sleep(RECEIPT);
  while (gallery.expects(click)) {
    const answered = await feed.ask(0, { whole: true });
    if (!gallery.expects(click)) return;
    if (!answered) await sleep(3000);
    else {
      gallery.confirm(click, []);
      gallery.say(messages.unanswered);
      forgetPending(click);
    }
  }
}

/** A press before a reload that the server does not know of either: said, and its words are put back. */
async function tellPending({ gallery, feed, messages }) {
  const last = pending();
  if (!last) return;
  await sleep(ARRIVED);
  while (!(await feed.ask(0, { whole: true }))) await sleep(ARRIVED);
  forgetPending(last.click);
  if (gallery.order.some(({ row }) => row.click === last.click)) return;
  gallery.say(messages.unanswered);
  const box = document.querySelector(PROMPT);
  if (!box || box.value) return;
  box.value = last.prompt;
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Draws the server's answer to a press: `{click, rows, refused: [{field, sentence}], notice: ?Message}`. */
function receive(gallery, seat) {
  const receipt = seat.props.value;
  if (!receipt?.click) return;
  forgetPending(receipt.click);
  gallery.confirm(receipt.click, receipt.rows ?? []);
  if (receipt.refused?.length) fields.show(receipt.refused);
  if (receipt.notice) {
    gallery.say(receipt.notice);
    if (ownKey()) account.askAgain({ lead: true });
  }
  offerExamples(gallery);
}

function offerExamples(gallery) {
  const empty = !gallery.order.length;
  gallery.extra.dataset.wanted = empty ? "yes" : "no";
  if (!empty) return gallery.extra.replaceChildren();
  showExamples(gallery.extra, (example) => {
    fill(example);
    document.querySelector(PROMPT)?.focus();
    gallery.say(words.filled);
  });
}
