/**
 * Feed of changed jobs: one long poll for a whole browser, however many tabs it has. A browser opens six connections
 * to a host, so that a long poll in each tab would block the sixth. The tab that holds the Web Lock polls and passes
 * the answers on by BroadcastChannel.
 */
import { address, appPath, sleep } from "../shared/dom.js";

const POLL_SECONDS = 20; // for which the server holds a poll, see components/ui/gallery/feed.py
const AWAKE_MS = 20_000; // for which a press keeps the feed polling before its job is known
const SILENCE_MS = 25_000; // without a message: the leading tab may be frozen, and still hold the lock
const SHORT_MS = 700; // between polls where none may be held
const CHECK_MS = 2_000; // between two checks for silence
const GRACE_MS = 3_000; // in which a leading tab answers a wake-up
const TIMEOUT_SECONDS = 10; // beyond the poll's own time

/**
 * @typedef {object} Answer of the feed
 * @property {string} epoch @property {number} version @property {number} now @property {number} busy
 * @property {object[]} rows @property {boolean} more @property {import("../shared/messages.js").Message[]} notices
 * @property {boolean} [has_bin] of a first page: whether something was deleted that can still be put back
 * @property {string[]} gone ids of jobs that have no tile any more
 * @property {?import("../shared/messages.js").Message} refused why a press ended before anything was sent
 */

export class Feed {
  /** @param {{visitor: string, onAnswer: (answer: Answer, isFull: boolean, isRestarted: boolean) => void,
   *   onConnection: (isLost: boolean) => void}} parts */
  constructor(parts) {
    Object.assign(this, parts);
    this.epoch = "";
    this.version = 0;
    this.busy = 0;
    this.failures = 0;
    this.leads = false;
    this.awakeUntil = 0;
    this.lastMessage = performance.now();
    this.name = `playground ${appPath()} ${this.visitor.slice(0, 8)}`;
    this.channel = this.#openChannel();
    this.shared = Boolean(this.channel && navigator.locks);
  }

  /** Polls once for this tab itself, whichever tab leads, then joins the others. */
  async start() {
    addEventListener("online", () => this.#pollNow());
    addEventListener("pageshow", (event) => event.persisted && this.#rejoin());
    // A page that waits in the browser's back/forward cache must not hold the lock: the other tabs would get nothing.
    addEventListener("pagehide", () => this.release?.());
    document.addEventListener("visibilitychange", () => document.hidden || this.#pollNow());
    setInterval(() => this.#checkSilence(), CHECK_MS);
    while (!(await this.poll(0))) await this.#pause(this.#backoff());
    if (this.shared) this.#campaign();
    if (this.busy) this.wake();
    this.#run();
  }

  /** Keeps the leading tab polling: a job is unfinished, or about to be made. */
  wake() {
    this.awakeUntil = performance.now() + AWAKE_MS;
    this.channel?.postMessage({ wake: true });
    // A leading tab answers at once; GRACE_MS of silence mean that it is frozen.
    if (!this.leads) this.lastMessage = Math.min(this.lastMessage, performance.now() - SILENCE_MS + GRACE_MS);
    this.#run();
  }

  /** Polls once. @param {number} wait seconds @param {{whole?: boolean, isShared?: boolean}} [options]
   * `whole`: the first page, not only changes; `isShared`: pass the answer to the other tabs
   * @returns {Promise<boolean>} whether an answer came */
  async poll(wait, { whole = false, isShared = false } = {}) {
    const epoch = whole ? "" : this.epoch;
    const version = whole ? 0 : this.version;
    const answer = await this.#answer({ epoch, version, wait }).catch(() => undefined);
    const isAnswered = Boolean(answer?.epoch);
    this.failures = isAnswered ? 0 : this.failures + 1;
    this.onConnection(this.failures > 1);
    if (!isAnswered) return false;
    const message = { answer, from: version, full: answer.epoch !== epoch };
    this.#accept(message);
    if (isShared) this.channel?.postMessage(message);
    return true;
  }

  /** Answer of the server; a connection that broke while the computer slept never answers. */
  async #answer(query) {
    const headers = { "X-Playground-Visitor": this.visitor };
    const signal = AbortSignal.timeout((query.wait + TIMEOUT_SECONDS) * 1000);
    const response = await fetch(address(`playground/feed?${new URLSearchParams(query)}`), { headers, signal });
    return response.ok ? response.json() : undefined;
  }

  #accept({ answer, from, full }) {
    const isSameEpoch = answer.epoch === this.epoch;
    // Changes of a leading tab that do not follow on from this tab's version: request what is missing.
    if (!full && (!isSameEpoch || from > this.version)) return void this.poll(0);
    if (isSameEpoch && answer.version < this.version) return;
    this.epoch = answer.epoch;
    this.version = answer.version;
    this.busy = answer.busy;
    this.onAnswer(answer, full, !isSameEpoch);
  }

  #isNeeded = () => this.busy > 0 || performance.now() < this.awakeUntil;

  async #run() {
    this.hurry?.();
    if (this.running) return;
    this.running = true;
    while (this.#isNeeded() && (this.leads || (!this.shared && !document.hidden))) {
      // Without a lock two windows may hold a poll each; over https (HTTP/2) that blocks nothing.
      const mayHold = this.leads || location.protocol === "https:";
      const isAnswered = await this.poll(mayHold ? POLL_SECONDS : 0, { isShared: true });
      if (!isAnswered) await this.#pause(this.#backoff());
      else if (!mayHold) await this.#pause(SHORT_MS);
    }
    this.running = false;
  }

  #campaign() {
    this.campaigning = true;
    const lead = () => new Promise((release) => {
      this.release = () => { this.leads = this.campaigning = false; release(); };
      this.leads = true;
      this.#run();
    });
    navigator.locks.request(this.name, lead).catch(() => { this.shared = this.campaigning = false; this.#run(); });
  }

  #openChannel() {
    try {
      const channel = new BroadcastChannel(this.name);
      channel.onmessage = ({ data }) => this.#receive(data);
      return channel;
    } catch {
      return null; // not supported, or storage is blocked: this tab is alone
    }
  }

  #receive(message) {
    if (message.wake) {
      this.awakeUntil = performance.now() + AWAKE_MS;
      if (this.leads) this.channel.postMessage({ here: true });
      return void this.#run();
    }
    this.lastMessage = performance.now();
    if (message.answer && this.epoch) this.#accept(message);
  }

  /** Polls by itself where a visible tab gets no message while something is unfinished; such a poll is never held. */
  async #checkSilence() {
    const isSilent = performance.now() - this.lastMessage > SILENCE_MS;
    if (!this.shared || this.leads || !isSilent || document.hidden || !this.#isNeeded() || this.checking) return;
    this.checking = true;
    await this.poll(0);
    this.checking = false;
  }

  async #pollNow() {
    if (!this.epoch) return this.hurry?.();
    await this.poll(0);
    this.#run();
  }

  /** The page is back from the browser's cache, without the lock that it had. */
  #rejoin() {
    if (this.shared && !this.campaigning) this.#campaign();
    this.#pollNow();
  }

  // At random: after a restart of the server all browsers would come back at once.
  #backoff = () => Math.min(15_000, 250 * 1.3 ** this.failures) * (0.7 + Math.random() * 0.6);

  /** Waits; `hurry` ends it early. */
  #pause(ms) {
    return Promise.race([sleep(ms), new Promise((hurry) => (this.hurry = hurry))]);
  }
}
