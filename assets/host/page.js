/** The page for the host alone: draws who spent what, and turns the switch. Text is always text, never HTML. */
import { make, setText } from "../js/dom.js";

const KEPT = "playground-host";
const EVERY = 10_000; // ms between two looks while somebody is looking
const words = {
  on: "Spending is on",
  onMeaning: "Visitors make pictures with your key, within the limits below.",
  nobodyMeaning: "Yet nobody may use your key: see who may spend.",
  stopped: "All spending is stopped",
  stoppedMeaning:
    "No new picture is paid with your key. What was sent already still ends; visitors' own keys are not touched.",
  forced: "PLAYGROUND_STOP is set where the app was started. This switch cannot undo that.",
  stop: "Stop all spending",
  go: "Let spending go on",
  turning: "One moment…",
  of: (cap) => `of ${cap}`,
  notTold: "Not told",
  floor: (floor) => `Spending stops when less than ${floor} would be left.`,
  underWay: (amount) => ` Held back for pictures under way: ${amount}.`,
  access: {
    everyone: () => "Everybody who can open the page.",
    "signed-in": () => "Everybody who is signed in with Hugging Face.",
    listed: (users) => `Who is on the list and signed in with Hugging Face: ${users.join(", ") || "nobody yet"}.`,
    "own-key-only": () => "Nobody: visitors paint with keys of their own.",
  },
  each: ({ pictures_per_hour: pictures, per_person_day: dollars }) =>
    `Each person: at most ${pictures} pictures an hour and ${dollars} in 24 hours.`,
  kinds: { user: "", browser: "Browser ", programs: "Programs, not signed in" },
  others: (count) => `And ${count} more who spent less.`,
  asOf: (time) => `As of ${time}. Looks again every 10 seconds.`,
  lost: "The app does not answer. This page is looking again; what it shows may be old.",
  notTurned: "The switch was not turned: the app did not answer.",
};

const main = document.querySelector("main");
const part = (id) => document.getElementById(id);
let token = "";
let timer = 0;
let seen = null; // the report on the screen

/** Takes the token out of the address, where people would copy it from, and keeps it for this tab. */
function takeToken() {
  const given = location.hash.slice(1);
  if (given) history.replaceState(null, "", location.pathname + location.search);
  try {
    if (given) sessionStorage.setItem(KEPT, given);
    token = sessionStorage.getItem(KEPT) ?? "";
  } catch {
    token = given || token; // storage is blocked: it lasts until the tab is reloaded
  }
}

function forgetToken() {
  token = "";
  try {
    sessionStorage.removeItem(KEPT);
  } catch {
    // then it was never kept
  }
}

function ask(name, settings = {}) {
  const headers = token ? { Authorization: `Bearer ${token}`, ...settings.headers } : settings.headers;
  return fetch(new URL(`host/${name}`, location.href), { cache: "no-store", ...settings, headers });
}

/** Looks once, and again later as long as the page can be seen and may be read. */
async function look() {
  clearTimeout(timer);
  let answer;
  try {
    answer = await ask("report");
    if (answer.status === 403) return refuse(await answer.text());
    if (!answer.ok) throw new Error(await answer.text());
    draw(await answer.json());
    setText(part("trouble"), "");
  } catch {
    setText(part("trouble"), words.lost);
  }
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(look, EVERY);
}

function refuse(sentence) {
  forgetToken();
  seen = null;
  part("report").hidden = true;
  part("sign-in").hidden = main.dataset.canSignIn !== "yes";
  setText(part("trouble"), sentence);
}

async function turn() {
  const button = part("turn");
  button.disabled = true;
  setText(button, words.turning);
  try {
    const headers = { "Content-Type": "application/json" };
    const answer = await ask("switch", { method: "POST", headers, body: JSON.stringify({ stop: !seen.stop.is_on }) });
    if (answer.status === 403) return refuse(await answer.text());
    if (!answer.ok) throw new Error(await answer.text());
    await look();
  } catch {
    drawSwitch(seen);
    setText(part("trouble"), words.notTurned);
  }
}

function draw(report) {
  seen = report;
  part("sign-in").hidden = true;
  drawSwitch(report);
  drawAmount("today", report.today);
  drawAmount("month", report.month);
  drawBalance(report);
  setText(part("access"), words.access[report.allowed.access](report.allowed.users));
  setText(part("each"), report.allowed.access === "own-key-only" ? "" : words.each(report.allowed));
  drawPeople(report);
  setText(part("as-of"), words.asOf(new Date().toLocaleTimeString()));
  part("report").hidden = false;
}

function drawSwitch({ stop: { is_on: isOn, is_forced: isForced }, allowed }) {
  const isStopped = isOn || isForced;
  const on = allowed.access === "own-key-only" ? words.nobodyMeaning : words.onMeaning;
  part("switch").dataset.stopped = isStopped ? "yes" : "no";
  setText(part("state"), isStopped ? words.stopped : words.on);
  setText(part("meaning"), isStopped ? words.stoppedMeaning : on);
  setText(part("forced"), isForced ? words.forced : "");
  setText(part("turn"), isStopped ? words.go : words.stop);
  part("turn").disabled = isForced;
}

function drawAmount(name, { spent, cap, share }) {
  setText(part(`${name}-spent`), spent);
  setText(part(`${name}-cap`), words.of(cap));
  const bar = part(`${name}-bar`);
  bar.value = share;
  bar.dataset.full = share >= 0.9 ? "yes" : "no";
}

function drawBalance({ balance, under_way: underWay }) {
  setText(part("balance-left"), balance.left || words.notTold);
  part("balance-left").dataset.low = balance.is_low ? "yes" : "no";
  setText(part("balance-floor"), words.floor(balance.floor) + (underWay ? words.underWay(underWay) : ""));
}

function drawPeople({ people, others }) {
  part("nobody").hidden = people.length > 0;
  part("people").hidden = part("window").hidden = people.length === 0;
  part("people").tBodies[0].replaceChildren(...people.map(line));
  setText(part("others"), others ? words.others(others) : "");
}

function line({ kind, name, pictures, today, month }) {
  const who = make("th", { scope: "row" }, (words.kinds[kind] ?? "") + name);
  return make("tr", {}, who, ...[pictures, today, month].map((value) => make("td", {}, String(value))));
}

part("turn").onclick = turn;
addEventListener("hashchange", () => {
  takeToken();
  look();
});
document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : look()));
takeToken();
look();
