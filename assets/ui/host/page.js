/** Host page: what each visitor has spent, the switch that stops spending, and what our own SDXL computes on.
 * Text becomes text nodes, never HTML. */
import { copyText, make, setText } from "../shared/dom.js";
import { dayInUtc, dollars, list, number, signedDollars, timeOfDay } from "../shared/formats.js";
import { inFull } from "../shared/messages.js";
import { fillTexts } from "../shared/template.js";
import { pieces, text } from "../shared/texts.js";

const STORAGE_KEY = "playground-host";
const POLL_MS = 10_000; // while the page is visible
const COPIED_MS = 1_500; // for which the button says that the link is copied
const NEARLY_FULL = 0.9; // share of a cap

const main = document.querySelector("main");
const part = (id) => document.getElementById(id);
const isPaid = main.dataset.isPaid === "yes"; // else there is no money on this page
let token = "";
let timer = 0;
let shown = null; // the report on the screen

/** Moves the token from the address, which may be copied, to the storage of this tab. */
function takeToken() {
  const fromAddress = location.hash.slice(1);
  if (fromAddress) history.replaceState(null, "", location.pathname + location.search);
  try {
    if (fromAddress) sessionStorage.setItem(STORAGE_KEY, fromAddress);
    token = sessionStorage.getItem(STORAGE_KEY) ?? "";
  } catch {
    token = fromAddress || token; // storage is blocked: it lasts until the tab is reloaded
  }
}

function forgetToken() {
  token = "";
  try {
    sessionStorage.removeItem(STORAGE_KEY);
  } catch {
    // storage is blocked: it was never stored
  }
}

function request(name, settings = {}) {
  const headers = token ? { Authorization: `Bearer ${token}`, ...settings.headers } : settings.headers;
  return fetch(new URL(`host/${name}`, location.href), { cache: "no-store", ...settings, headers });
}

/** Polls the report: now, and again while the page is visible and the host may read it. */
async function poll() {
  clearTimeout(timer);
  let answer;
  try {
    answer = await request("report");
    if (answer.status === 403) return refuse((await answer.json()).refused);
    if (!answer.ok) throw new Error(await answer.text());
    draw(await answer.json());
    setText(part("trouble"), "");
  } catch {
    setText(part("trouble"), text("host.lost"));
  }
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(poll, POLL_MS);
}

/** @param {import("../shared/messages.js").Message} message */
function refuse(message) {
  forgetToken();
  shown = null;
  part("report").hidden = true;
  part("sign-in").hidden = main.dataset.canSignIn !== "yes";
  setText(part("trouble"), inFull(message));
}

async function toggleSwitch() {
  const button = part("turn");
  button.disabled = true;
  setText(button, text("host.switching"));
  try {
    const headers = { "Content-Type": "application/json" };
    const answer = await request("switch", { method: "POST", headers, body: JSON.stringify({ stop: !shown.stop.is_on }) });
    if (answer.status === 403) return refuse((await answer.json()).refused);
    if (!answer.ok) throw new Error(await answer.text());
    await poll();
  } catch {
    drawSwitch(shown);
    setText(part("trouble"), text("host.not_switched"));
  }
}

function draw(report) {
  shown = report;
  part("sign-in").hidden = true;
  part("machine").hidden = isPaid && !report.machine;
  drawMachine(report.machine);
  part("spending").hidden = !isPaid;
  if (isPaid) drawSpending(report);
  setText(part("as-of"), text("host.as_of", { time: timeOfDay(new Date()) }));
  part("report").hidden = false;
}

/** What pictures are made on. @param {?object} machine null before the server says so */
function drawMachine(machine) {
  const { cards, not_ready: missing, command, setting } = machine ?? { cards: [], not_ready: [] };
  const count = cards.length;
  setText(part("machine-state"), count ? text("host.machine.count", { count }) : text("host.machine.unknown"));
  setText(part("machine-missing"), missing.length ? text("host.machine.not_ready", { devices: missing }) : "");
  setText(part("machine-unused"), command ? text("backend.unused_card", { command }) : "");
  setText(part("machine-idle"), setting ? text("host.machine.idle", { setting }) : "");
  part("cards").hidden = !count;
  part("cards").tBodies[0].replaceChildren(...cards.map(cardRow));
}

function cardRow({ name, precision, free, total, lanes }) {
  const values = [precision, text("host.machine.free", { free, total }), number(lanes)];
  return make("tr", {}, make("th", { scope: "row" }, name), ...values.map((value) => make("td", {}, value)));
}

function drawSpending(report) {
  drawTrouble(report.trouble);
  drawSwitch(report);
  drawAmount("today", report.today);
  drawAmount("month", report.month);
  drawBalance(report);
  drawSlowdown(report.slowdown);
  setText(part("access"), accessText(report.allowed));
  setText(part("each"), limitsText(report.allowed));
  drawSpenders(report);
  drawDays(report);
  drawForgotten(report.forgotten);
}

function accessText({ access, users }) {
  if (access === "listed" && !users.length) return text("host.listed_nobody");
  return text(`host.access.${access}`, { users: list(users) });
}

function limitsText({ access, pictures_per_hour: count, per_person_day: limit }) {
  return access === "own-key-only" ? "" : text("host.each", { count, dollars: limit });
}

function drawSwitch({ stop: { is_on: isOn, is_forced: isForced, is_unread: isUnread }, allowed, trouble }) {
  const isStopped = isOn || isForced;
  const on = allowed.access === "own-key-only" ? "host.closed_meaning" : "host.on_meaning";
  part("switch").dataset.stopped = isStopped ? "yes" : "no";
  setText(part("state"), text(isStopped ? "host.stopped" : "host.on"));
  const meaning = text(isStopped ? "host.stopped_meaning" : on);
  setText(part("meaning"), trouble && !isStopped ? "" : meaning); // what is in the way is said above
  setText(part("forced"), isForced ? text("host.forced") : "");
  setText(part("unread"), isUnread ? text("host.unread") : "");
  setText(part("turn"), text(isStopped ? "host.go_on" : "host.stop"));
  part("turn").disabled = isForced;
}

/** Why the host's key can make nothing now. @param {?string} trouble a key of `host.trouble` */
function drawTrouble(trouble) {
  part("account-trouble").hidden = !trouble;
  setText(part("account-state"), trouble ? text(`host.trouble.${trouble}.title`) : "");
  setText(part("account-meaning"), trouble ? text(`host.trouble.${trouble}.meaning`) : "");
}

async function copyVisitorLink() {
  await copyText(new URL("../", location.href).href, part("copy-link"));
  setText(part("copy-link"), text("shared.copied"));
  setTimeout(() => setText(part("copy-link"), text("host.copy_link")), COPIED_MS);
}

function drawAmount(name, { spent, cap, share }) {
  const amount = pieces("host.amount", { spent: make("strong", {}, dollars(spent)), cap });
  const nodes = amount.map((piece) => (typeof piece === "string" ? make("span", {}, piece) : piece));
  part(`${name}-amount`).replaceChildren(...nodes);
  const bar = part(`${name}-bar`);
  bar.value = share;
  bar.dataset.full = share >= NEARLY_FULL ? "yes" : "no";
}

function drawBalance({ balance, under_way: reserved }) {
  setText(part("balance-left"), balance.left == null ? text("host.unknown") : dollars(balance.left));
  part("balance-left").dataset.low = balance.is_low ? "yes" : "no";
  const floor = text("host.floor", { floor: balance.floor });
  setText(part("balance-floor"), reserved ? `${floor} ${text("host.reserved", { amount: reserved })}` : floor);
}

/** Recent refusals for a rate that was too high, and what they say about the level of the account. */
function drawSlowdown(slowdown) {
  part("slowdown").hidden = !slowdown;
  if (!slowdown) return;
  const { count, sends, at_once: together, level, levels } = slowdown;
  setText(part("slowdown-seen"), text("host.slowdown.seen", { count, sends, together }));
  const { bronze, bronze_at_once: atOnce, silver, top_up: amount } = levels;
  setText(part("slowdown-level"), text(`host.slowdown.level.${level}`, { bronze, together: atOnce, silver, amount }));
}

function drawSpenders({ people, others }) {
  part("nobody").hidden = people.length > 0;
  part("people").hidden = part("window").hidden = people.length === 0;
  part("people").tBodies[0].replaceChildren(...people.map(tableRow));
  setText(part("others"), others ? text("host.others", { count: others }) : "");
}

function tableRow({ kind, name, pictures, today, month }) {
  const spender = make("th", { scope: "row" }, text(`host.spender.${kind}`, { name }));
  return make("tr", {}, spender, ...[number(pictures), dollars(today), dollars(month)].map((value) => make("td", {}, value)));
}

/** Shows what was expected and what was billed on each day, nothing while nothing was spent. */
function drawDays({ days, deviation }) {
  part("bill").hidden = days.length === 0;
  part("days").tBodies[0].replaceChildren(...days.map(dayRow));
  setText(part("deviation"), deviation ? deviationText(deviation) : "");
  const count = days.reduce((sum, { unbilled }) => sum + unbilled, 0);
  setText(part("unbilled"), count ? text("host.unbilled", { count }) : "");
}

const deviationText = ({ direction, expected, billed }) => text(`host.deviation.${direction}`, { expected, billed });

function dayRow({ start, pictures, expected, billed, difference }) {
  const values = [number(pictures), dollars(expected), dollars(billed), signedDollars(difference)];
  return make("tr", {}, make("th", { scope: "row" }, dayInUtc(start)),
    ...values.map((value) => make("td", {}, String(value))));
}

/** Pictures that were paid for and are in no history. Their addresses are opened here alone: whose they are is unknown. */
function drawForgotten({ count, tasks }) {
  part("forgotten").hidden = count === 0;
  setText(part("forgotten-meaning"), text("host.forgotten.meaning", { count }));
  part("forgotten-tasks").tBodies[0].replaceChildren(...tasks.map(forgottenRow));
}

function forgottenRow({ made, cost, link }) {
  const open = link ? make("a", { href: link, target: "_blank", rel: "noopener noreferrer" }, text("host.forgotten.open")) : "";
  return make("tr", {}, make("th", { scope: "row" }, text("host.forgotten.made", { made })),
    make("td", {}, dollars(cost)), make("td", {}, open));
}

part("turn").onclick = toggleSwitch;
part("copy-link").onclick = copyVisitorLink;
addEventListener("hashchange", () => {
  takeToken();
  poll();
});
document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : poll()));
fillTexts(document);
setText(part("intro"), text(isPaid ? "host.intro" : "host.intro_machine"));
takeToken();
poll();
