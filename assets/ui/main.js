/** Entry of the page: puts gallery, form, account and press together in the component of the results. */
import * as account from "./account/account.js";
import { partner } from "./compare/pairs.js";
import { restore } from "./form/draft.js";
import { openWithIdeas, showExamples } from "./form/examples.js";
import { sayFilled, showFilledIn } from "./form/filled.js";
import { mendInputs } from "./form/inputs.js";
import { unlockSeed, watchNumbers } from "./form/numbers.js";
import { watchPrice } from "./form/price.js";
import { summarize } from "./form/summaries.js";
import { watchDock } from "./form/tools.js";
import { remove, removeAndSay, undelete } from "./gallery/deletion.js";
import { Feed } from "./gallery/feed.js";
import { Gallery } from "./gallery/gallery.js";
import { cancel, pack, refresh, setFavourite, stop } from "./gallery/job_actions.js";
import { keepSeals, lostSeals } from "./gallery/seals.js";
import { TabTitle } from "./gallery/tab_title.js";
import { showGrid } from "./grid/grid.js";
import { rowsOf } from "./grid/rows.js";
import { watchKeys } from "./keys/keys.js";
import { followRows } from "./loras/chips.js";
import { guardPresses } from "./press/guard.js";
import { watchPresets } from "./presets/presets.js";
import { allowPresses, checkPending, PROMPT, showReceipt } from "./press/press.js";
import { sendStyles } from "./prompt/styles.js";
import { getVisitor } from "./shared/browser_id.js";
import { button, make, oneAtATime, sleep } from "./shared/dom.js";
import { linkHelp, showFieldErrors } from "./shared/field_notes.js";
import { ignoreSecondClicks } from "./shared/double_click.js";
import { fill, setFillTrigger } from "./shared/form_fill.js";
import { partOf, showNoticesIn } from "./shared/messages.js";
import { sessionKey } from "./shared/session_key.js";
import { text } from "./shared/texts.js";
import { checkVersion } from "./shared/upgrade.js";
import { restoreSourceImage } from "./source_image/panel.js";

/**
 * @typedef {object} Host what Gradio passes to `js_on_load` of a gr.HTML
 * @property {HTMLElement} element @property {object} server @property {{value: any}} props
 * @property {(name: string, then: () => void) => void} watch @property {(event: string, data: object) => void} trigger
 * @property {Object<string, import("./shared/messages.js").Message>} messages of the page itself
 *
 * @typedef {object} Page
 * @property {Host} host @property {string} visitor id @property {Gallery} gallery @property {Feed} feed
 * @property {TabTitle} tabTitle @property {ReturnType<typeof watchPrice>} price
 * @property {?import("./viewer/viewer.js").Viewer} viewer null until there is an image to open
 * @property {Set<string>} goneIds of jobs that the feed took away: a receipt that comes later must not show them
 */

const LONGEST_OPENING_MS = 2_000; // in which the first answer is waited for
let restored = null; // a promise of what was put into the form
let opening = null; // a promise of the page. Gradio may mount the component again: the page outlives its element

/** Shows the gallery in a gr.HTML component. @param {Host} host */
export async function mount(host) {
  opening ??= openPage(host);
  const page = await opening;
  const { gallery } = page;
  Object.assign(page.host, host);
  setFillTrigger(() => host.trigger("fill", {}));
  const linked = await (restored ??= restoreForm()); // before presses are allowed: they would send another form
  host.element.replaceChildren(gallery.node, ...(page.viewer ? [page.viewer.node] : []));
  showFilledIn((sentence, action) => gallery.say(sentence, action));
  if (linked) sayFilled(text("form.linked"), linked.moved, linked.before);
  linkHelp();
  allowPresses(page);
  announceReady(page);
  showNoticesIn((name) => gallery.say(host.messages[name]));
  host.watch("value", () => receive(page));
}

/** Has shell/opening.js show the page, once what it shows first is there: it would push what is below it. */
async function announceReady({ shown }) {
  await Promise.race([shown, sleep(LONGEST_OPENING_MS)]);
  dispatchEvent(new Event("playground:ready"));
}

/** @returns {Promise<?{moved: string[], before: object}>} of a link, which replaces the whole form; null without a link */
async function restoreForm() {
  const linked = await restore();
  if (!linked) restoreSourceImage();
  return linked;
}

/** @param {Host} host @returns {Promise<Page>} */
async function openPage(host) {
  ignoreSecondClicks();
  guardPresses();
  sendStyles();
  summarize();
  watchDock();
  followRows();
  watchNumbers();
  mendInputs();
  const { id: visitor, isStored } = await getVisitor();
  const page = {
    host: { ...host }, visitor, viewer: null, tabTitle: new TabTitle(), unlockSeed, goneIds: new Set(),
  };
  page.shown = new Promise((resolve) => (page.show = resolve));
  page.gallery = new Gallery(galleryActions(page));
  page.feed = new Feed({
    visitor,
    onConnection: (isLost) => showConnection(page, isLost),
    onAnswer: (...answer) => showAnswer(page, ...answer),
  });
  page.price = watchPrice({ visitor, estimate: (values) => page.host.server.estimate(values) });
  addHead(page, isStored);
  watchKeys(() => rowsIn(page));
  watchPresets(() => page.host.server);
  checkPending(page);
  account.onFeedChange((isReplaced) => {
    page.price.refresh();
    return refresh(page, { whole: isReplaced });
  });
  page.feed.start();
  return page;
}

/** Adds what stands above the gallery. */
function addHead(page, isStored) {
  const { gallery, tabTitle, host: { messages } } = page;
  const history = button(text("gallery.history"), () => openHistory(page), { className: "history" });
  gallery.node.prepend(make("div", { className: "head" }, tabTitle.node, history));
  if (!isStored) gallery.node.prepend(ownTabLink(messages.nothing_kept_here));
}

/** Link to the page in a tab of its own: storage is blocked in the frame of another site. */
function ownTabLink(message) {
  const link = make("a", { href: location.href, target: "_blank", rel: "noopener" }, partOf(message, "advice"));
  return make("p", { className: "quiet" }, `${partOf(message, "happened")} `, link);
}

const rowsIn = ({ gallery }) => gallery.rows();

// --- what comes from the server ---

function showConnection({ gallery }, isLost) {
  gallery.showConnection(isLost);
  document.documentElement.toggleAttribute("data-offline", isLost); // Gradio's own notice of it would cover ours
  if (isLost) checkVersion(); // an upgraded server may know none of this page's functions
}

function showAnswer(page, answer, isFull, isRestarted) {
  const { gallery, viewer, tabTitle, price } = page;
  gallery.show(answer, isFull, isRestarted);
  for (const id of answer.gone) page.goneIds.add(id);
  for (const { id } of answer.rows) page.goneIds.delete(id);
  if (answer.refused) price.refuse(answer.refused);
  giveBack(page, isRestarted ? lostSeals(answer.rows) : []);
  keepSeals(answer.rows);
  dispatchEvent(new CustomEvent("playground:changed", { detail: answer }));
  if (isRestarted && page.hasAnswer) account.updateAccount(); // a restarted server has forgotten the key
  if (isRestarted && page.hasAnswer) checkVersion();
  page.hasAnswer = true;
  viewer?.refresh();
  // The first image fetches the viewer, so that it opens at once. A failure shows when an image is opened.
  if (!viewer && gallery.images().length) loadViewer(page).catch(() => {});
  tabTitle.update(rowsIn(page));
  price.showSpending(rowsIn(page));
  offerExamples(gallery);
  page.show();
}

const SEALS_AT_ONCE = 10; // the longest prompts make 15 kB each; components/ui/gallery/job_functions.py takes as many

/** Gives jobs back to a restarted server that has lost them; what fails is tried after its next start. */
async function giveBack({ host, visitor, feed }, seals) {
  for (let place = 0; place < seals.length; place += SEALS_AT_ONCE) {
    const some = seals.slice(place, place + SEALS_AT_ONCE);
    if ((await host.server.restore({ visitor, seals: some }).catch(() => "failed")) === "failed") return;
    feed.wake();
  }
}

/** Shows the receipt of a press, which is the component's value. */
function receive({ host, gallery, goneIds }) {
  const receipt = host.props.value;
  if (!receipt?.click) return;
  const hasNotice = showReceipt({ ...receipt, rows: receipt.rows?.filter(({ id }) => !goneIds.has(id)) });
  if (hasNotice && sessionKey()) account.updateAccount({ isLeading: true });
  offerExamples(gallery);
}

/** Shows at its field, or at the key's box, what the API rejected. @param {object} row */
function showRejection(row) {
  if (row.field === "key") account.keyRejected(row.message);
  else showFieldErrors([{ field: row.field, message: row.message }]);
}

function offerExamples(gallery) {
  openWithIdeas(!gallery.rows().length);
  showExamples(gallery.extra, (example) => {
    fill(example);
    document.querySelector(PROMPT)?.focus();
    sayFilled(text("form.example_filled"));
  });
}

// --- what a visitor does with jobs and images ---

/** @param {Page} page @returns {import("./gallery/gallery.js").GalleryActions} */
const galleryActions = (page) => ({
  messages: page.host.messages,
  open: async (tile, index) => (await loadViewer(page)).open(tile, index),
  refused: showRejection,
  ended: (row) => {
    account.jobEnded();
    page.tabTitle.jobEnded(row);
  },
  compare: (row) => compare(row, rowsIn(page)),
  setFavourite: (row) => setFavourite(page, row),
  grid: (row) => showGrid(() => rowsOf(row.click, rowsIn(page)), (sentence) => page.gallery.say(sentence)),
  older: (before) => page.host.server.older({ visitor: page.visitor, before }),
  recheck: async (row) => {
    await page.host.server.recheck({ visitor: page.visitor, job: row.id });
    await refresh(page);
  },
  cancel: (row) => cancel(page, row),
  stop: (row) => stop(page, row),
  remove: (row) => removeAndSay(page, [row]),
  pack: (rows) => pack(page, rows),
  share: async (rows) => page.gallery.sayBriefly(await share(rows.flatMap(({ pictures }) => pictures))),
  chooseToEdit: async (rows, beside) => {
    const { chooseToEdit } = await import("./viewer/edit_choice.js");
    await chooseToEdit(rows, beside);
  },
  more: async (rows, beside) => {
    const { openMenu } = await import("./viewer/menu.js");
    await openMenu(rows, beside, imageActions(page));
  },
});

/** @param {Page} page @returns {import("./viewer/actions.js").ImageActions} */
const imageActions = (page) => ({
  setFavourite: (row) => setFavourite(page, row),
  say: (sentence) => page.gallery.say(sentence),
  rows: () => rowsIn(page),
  share,
  recipe: (row) => page.host.server.recipe({ visitor: page.visitor, job: row.id }),
  remove: (rows) => removeAndSay(page, rows),
});

/** @param {Page} page @returns {import("./history/dialog.js").HistoryActions} */
const historyActions = (page) => ({
  messages: page.host.messages,
  imageActions: imageActions(page),
  remove: (jobs) => remove(page, jobs),
  undelete: (jobs) => undelete(page, jobs),
  binned: (before) => page.host.server.binned({ visitor: page.visitor, before }),
  removeForGood: (which) => page.host.server.delete_for_good({ visitor: page.visitor, ...which }),
  find: (search) => page.host.server.history({ visitor: page.visitor, ...search }),
  pack: (jobs, clean) => page.host.server.pack({ visitor: page.visitor, jobs, clean }),
});

const openHistory = oneAtATime(async (page) => {
  const { open } = await import("./history/dialog.js");
  await open(page.gallery.node, historyActions(page));
});

/** Loads the large view once. @param {Page} page */
const loadViewer = (page) => (page.viewerLoading ??= addViewer(page));

async function addViewer(page) {
  try {
    const { Viewer } = await import("./viewer/viewer.js");
    page.viewer = new Viewer(page.gallery.images, imageActions(page));
    page.host.element.append(page.viewer.node);
    return page.viewer;
  } catch (error) {
    page.viewerLoading = null; // the next image that is opened tries again
    throw error;
  }
}

async function compare(row, rows) {
  const other = partner(row, rows);
  if (!other) return;
  const { compareLoras } = await import("./compare/lora_pair.js");
  await compareLoras(row, other);
}

async function share(pictures) {
  const { share: shareFiles } = await import("./shared/share.js");
  return shareFiles(pictures);
}
