/** Host page: what each visitor has spent, and the switch that stops spending. Text becomes text nodes, never HTML. */
import { make, setText } from "../shared/dom.js";
import { inFull } from "../shared/messages.js";
import { words } from "./words.js";

const STORAGE_KEY = "playground-host";
const POLL_MS = 10_000; // while the page is visible
const NEARLY_FULL = 0.9; // share of a cap

const main = document.querySelector("main");
const part = (id) => document.getElementById(id);
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
    setText(part("trouble"), words.lost);
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
  setText(button, words.switching);
  try {
    const headers = { "Content-Type": "application/json" };
    const answer = await request("switch", { method: "POST", headers, body: JSON.stringify({ stop: !shown.stop.is_on }) });
    if (answer.status === 403) return refuse((await answer.json()).refused);
    if (!answer.ok) throw new Error(await answer.text());
    await poll();
  } catch {
    drawSwitch(shown);
    setText(part("trouble"), words.notSwitched);
  }
}

function draw(report) {
  shown = report;
  part("sign-in").hidden = true;
  drawSwitch(report);
  drawAmount("today", report.today);
  drawAmount("month", report.month);
  drawBalance(report);
  setText(part("access"), words.access[report.allowed.access](report.allowed.users));
  setText(part("each"), report.allowed.access === "own-key-only" ? "" : words.each(report.allowed));
  drawSpenders(report);
  setText(part("as-of"), words.asOf(new Date().toLocaleTimeString()));
  part("report").hidden = false;
}

function drawSwitch({ stop: { is_on: isOn, is_forced: isForced }, allowed }) {
  const isStopped = isOn || isForced;
  const on = allowed.access === "own-key-only" ? words.closedMeaning : words.onMeaning;
  part("switch").dataset.stopped = isStopped ? "yes" : "no";
  setText(part("state"), isStopped ? words.stopped : words.on);
  setText(part("meaning"), isStopped ? words.stoppedMeaning : on);
  setText(part("forced"), isForced ? words.forced : "");
  setText(part("turn"), isStopped ? words.switchOff : words.switchOn);
  part("turn").disabled = isForced;
}

function drawAmount(name, { spent, cap, share }) {
  setText(part(`${name}-spent`), spent);
  setText(part(`${name}-cap`), words.of(cap));
  const bar = part(`${name}-bar`);
  bar.value = share;
  bar.dataset.full = share >= NEARLY_FULL ? "yes" : "no";
}

function drawBalance({ balance, under_way: reserved }) {
  setText(part("balance-left"), balance.left || words.unknown);
  part("balance-left").dataset.low = balance.is_low ? "yes" : "no";
  setText(part("balance-floor"), words.floor(balance.floor) + (reserved ? words.reserved(reserved) : ""));
}

function drawSpenders({ people, others }) {
  part("nobody").hidden = people.length > 0;
  part("people").hidden = part("window").hidden = people.length === 0;
  part("people").tBodies[0].replaceChildren(...people.map(tableRow));
  setText(part("others"), others ? words.others(others) : "");
}

function tableRow({ kind, name, pictures, today, month }) {
  const spender = make("th", { scope: "row" }, (words.kinds[kind] ?? "") + name);
  return make("tr", {}, spender, ...[pictures, today, month].map((value) => make("td", {}, String(value))));
}

part("turn").onclick = toggleSwitch;
addEventListener("hashchange", () => {
  takeToken();
  poll();
});
document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : poll()));
takeToken();
poll();
