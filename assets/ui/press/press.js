/** One press of Generate: its ticket, the tiles it is expected to make, its receipt, and what to do when none comes. */
import { ask } from "../shared/ask.js";
import { numberInput, sleep } from "../shared/dom.js";
import { clearFields, showFieldErrors } from "../shared/field_notes.js";
import { RANDOM_SEED } from "../shared/fields.js";
import { REMOVAL_PROMPT } from "../shared/removal.js";
import { sessionKey } from "../shared/session_key.js";
import { text } from "../shared/texts.js";
import { nextClick, pressAgain } from "./guard.js";
import { clearPending, pending, setPending } from "./pending.js";
import { isRepeat, rememberPress } from "./repeat.js";
import { collectTicket, sentFields } from "./ticket.js";

const RECEIPT_MS = 15_000; // without a receipt for so long, the server's list is checked
const ARRIVAL_MS = 2_000; // a press made just before a reload has reached the server after so long, if it does at all
const RETRY_MS = 3_000;
const LONGEST_AWAY_MS = 600_000; // after which a press is not sent again: what it would cost now comes as a surprise
const MOST_IMAGES = 25; // a grid's; the server's limit may be lower
export const PROMPT = "#field-prompt textarea";

/**
 * @typedef {object} Page what a press needs
 * @property {import("../gallery/gallery.js").Gallery} gallery @property {import("../gallery/feed.js").Feed} feed
 * @property {string} visitor id @property {{messages: object}} host
 * @property {{isFree: boolean, forgetRefusal: () => void}} price
 * @property {() => void} unlockSeed makes the form's seed random
 */

/** @type {?Page} */
let page = null;
let open = null;
const opened = new Promise((resolve) => (open = resolve));

/** Lets presses go ahead: those made before the gallery was there wait for this. @param {Page} parts */
export function allowPresses(parts) {
  page = parts;
  open();
}

/** Resolves once presses are guarded and shown. */
export const pressable = () => opened;

/** Gradio's hook of Generate: names the click and shows its expected tiles.
 * @param {Object<string, any>} fields of the form @returns {Promise<Object<string, any>>} them and the ticket */
export async function press(fields) {
  const isEarly = !page;
  await opened;
  const { gallery, visitor, price } = page;
  const { click, extras: { shown, whole, ...extras } } = nextClick(isEarly);
  clearFields();
  gallery.say("");
  price.forgetRefusal();
  if (whole) return again(click, whole);
  // What repeats an earlier job takes nothing from the form.
  const { sent, ticket } = shown ? { sent: fields, ticket: extras } : await collected(click, fields, extras);
  const { prompt, width, height } = shown ?? { prompt: sent.prompt, ...formSize() };
  // An empty prompt is refused at once: a tile for it would only flash.
  if (String(prompt ?? "").trim()) {
    const { pictures = sent.pictures, columns } = extras;
    const expected = { prompt, width, height, pictures, columns };
    expectReceipt(click, ticket, expected);
    const { ticket: _, ...pressed } = sent;
    setPending({ click, prompt, at: Date.now(), whole: { sent: pressed, ticket, expected } });
  }
  return { ...sent, ticket: { visitor, click, key: sessionKey(), ...ticket } };
}

/** What was to be sent before a reload, with the tab's key, which is stored nowhere else. */
function again(click, { sent, ticket, expected }) {
  expectReceipt(click, ticket, expected);
  return { ...sent, ticket: { visitor: page.visitor, click, key: sessionKey(), ...ticket } };
}

/** The fields and the ticket of a press of the form as it stands. Throws where the visitor wants none of it.
 * @returns {Promise<{sent: Object<string, any>, ticket: object}>} */
async function collected(click, fields, extras) {
  const ticket = { ...(await collectTicket((message) => page.gallery.say(message))), ...extras };
  const sent = await unlessRepeated({ ...sentFields({ ...fields, ...shownPrompt() }), ...shownNumbers(Object.keys(fields)) }, ticket);
  rememberPress(click, formOf(sent, ticket));
  return { sent, ticket };
}

const formOf = ({ ticket: _, ...fields }, ticket) => ({ ...fields, ...ticket });

/** Asks about a press that would pay for the same picture again. Throws where the visitor wants none of it.
 * @returns {Promise<Object<string, any>>} the fields to send */
async function unlessRepeated(fields, ticket) {
  if (page.price.isFree || !isRepeat(formOf(fields, ticket), page.gallery.rows())) return fields;
  const answer = await ask({
    question: text("press.repeat"), more: text("press.repeat_more", { seed: String(fields.seed) }),
    answers: [
      { label: text("press.vary"), value: "vary" }, { label: text("press.again"), value: "again" },
    ],
  });
  if (!answer) throw new Error("the same picture again was not wanted");
  if (answer === "again") return fields;
  page.unlockSeed();
  return { ...fields, seed: RANDOM_SEED };
}

/** The prompt as its box shows it: what was typed just now may not have reached Gradio yet. */
const shownPrompt = () => {
  const box = document.querySelector(PROMPT);
  return box ? { prompt: box.value } : {};
};

/** Numbers as their boxes show them: one that was corrected as its box was left may not have reached Gradio yet. */
const shownNumbers = (names) => Object.fromEntries(names
  .map((name) => [name, numberInput(name)?.value]).filter(([, value]) => value).map(([name, value]) => [name, Number(value)]));

function expectReceipt(click, extras, expected) {
  const { gallery, feed } = page;
  gallery.expect(expectedRows(click, expected, gallery.now()));
  if (extras.comparison) gallery.showComparison(click);
  if (extras.grid) gallery.expectedGrid = click;
  feed.wake();
  checkReceipt(click);
}

function formSize() {
  const side = (field) => Number(numberInput(field)?.value) || 1024;
  return { width: side("width"), height: side("height") };
}

function expectedRows(click, { pictures, ...shown }, created) {
  const count = Math.max(1, Math.min(MOST_IMAGES, Number(pictures) || 1));
  return Array.from({ length: count }, (_, place) => ({
    id: `${click}-${place + 1}`, click, number: place + 1, state: "waiting", ...shown, created,
    loras: [], pictures: [], links: [], expected: true,
  }));
}

/** Has the server refuse a press should it still arrive: only then is it certain that it was not charged.
 * @param {Page} page @param {string} click
 * @returns {Promise<boolean | undefined>} false: it has arrived, undefined: the server did not answer */
const revoke = ({ host, visitor }, click) => host.server.revoke({ visitor, click }).catch(() => undefined);

/** Gives up a press that neither a receipt nor the server's list knows after a while. */
async function checkReceipt(click) {
  const { gallery, feed, host } = page;
  await sleep(RECEIPT_MS);
  while (gallery.expects(click)) {
    await feed.poll(0, { whole: true });
    if (!gallery.expects(click)) return;
    if ((await revoke(page, click)) !== true) {
      await sleep(RETRY_MS);
      continue;
    }
    gallery.confirm(click, []);
    gallery.say(host.messages.unanswered);
    clearPending(click);
  }
}

/** Shows the server's receipt of a press. @param {{click: string, rows?: object[],
 *   refused?: {field: string, message: import("../shared/messages.js").Message}[], notice: ?import("../shared/messages.js").Message}} receipt
 * @returns {boolean} whether the press was refused with a notice for the whole page */
export function showReceipt(receipt) {
  const { gallery } = page;
  clearPending(receipt.click);
  gallery.confirm(receipt.click, receipt.rows ?? []);
  if (receipt.refused?.length) showFieldErrors(receipt.refused);
  if (receipt.notice) gallery.say(receipt.notice);
  return Boolean(receipt.notice);
}

/** Sends a press from before a reload once more, or reports that it was not sent, and puts its prompt back. */
export async function checkPending({ gallery, host, visitor }) {
  const last = pending();
  if (!last) return;
  await opened;
  await sleep(ARRIVAL_MS);
  if (isSentAgain(last)) return;
  let isRevoked;
  while (typeof (isRevoked = await revoke({ host, visitor }, last.click)) !== "boolean") await sleep(ARRIVAL_MS);
  clearPending(last.click);
  if (!isRevoked) return;
  gallery.say(host.messages.unanswered);
  const box = document.querySelector(PROMPT);
  if (!box || box.value || last.prompt === REMOVAL_PROMPT) return;
  box.value = last.prompt;
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Sends a press again, under the same click: once, and not when it is long forgotten. @returns {boolean} whether so */
function isSentAgain(last) {
  if (!last.whole || last.isSentAgain || Date.now() - last.at > LONGEST_AWAY_MS) return false;
  setPending({ ...last, isSentAgain: true });
  return pressAgain(last.click, last.whole);
}
