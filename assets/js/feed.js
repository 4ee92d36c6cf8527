/**
 * The stream of changes: one held request for a whole browser, however many tabs.
 * A browser opens six connections to a host, so a request held in each tab would freeze the sixth tab.
 * The tab with the Web Lock holds the request and tells the others by BroadcastChannel.
 */
import { place, sleep } from "./dom.js";

const HOLD = 20; // seconds the server may hold an answer
const AWAKE = 20_000; // ms a press keeps the feed running while its job is not yet known
const SILENCE = 25_000; // ms without a word: the leading tab may be frozen, and still own its lock
const SHORT = 700; // ms between short questions where no request may be held
const DEAF = 2_000;

/**
 * @typedef {object} Answer what `server.changes` gives
 * @property {string} epoch @property {number} version @property {number} now @property {number} busy
 * @property {object[]} rows @property {boolean} more @property {import("./messages.js").Message[]} notices
 */

export class Feed {
  /** @param {{server: object, visitor: string, show: (answer: Answer, full: boolean, restarted: boolean) => void,
   *   trouble: (lost: boolean) => void}} parts */
  constructor(parts) {
    Object.assign(this, parts);
    this.epoch = "";
    this.version = 0;
    this.busy = 0;
    this.fails = 0;
    this.leads = false;
    this.awakeUntil = 0;
    this.heard = performance.now();
    this.name = `playground ${place()} ${this.visitor.slice(0, 8)}`;
    this.channel = this.#openChannel();
    this.shared = Boolean(this.channel && navigator.locks);
  }

  /** Asks at once for this tab itself, whoever leads, then joins the others. */
  async start() {
    addEventListener("online", () => this.#poke());
    addEventListener("pageshow", (event) => event.persisted && this.#comeBack());
    addEventListener("pagehide", () => this.release?.());
    document.addEventListener("visibilitychange", () => document.hidden || this.#poke());
    setInterval(() => this.#listen(), DEAF);
    while (!(await this.ask(0))) await this.#pause(this.#backoff());
    if (this.shared) this.#campaign();
    if (this.busy) this.wake();
    this.#run();
  }

  /** A job is about to be, or is, unfinished: keeps the leading tab asking. */
  wake() {
    this.awakeUntil = performance.now() + AWAKE;
    this.channel?.postMessage({ wake: true });
    // The leader says at once that it is there; three seconds of silence mean that it sleeps.
    if (!this.leads) this.heard = Math.min(this.heard, performance.now() - SILENCE + 3000);
    this.#run();
  }

  /** Asks once. @param {number} wait seconds @param {{whole?: boolean, tell?: boolean}} [how]
   * `whole`: the first page, not only changes; `tell`: pass it to the other tabs
   * @returns {Promise<boolean>} whether an answer came */
  async ask(wait, { whole = false, tell = false } = {}) {
    const epoch = whole ? "" : this.epoch;
    const version = whole ? 0 : this.version;
    const question = { visitor: this.visitor, epoch, version, wait };
    // Gradio swallows network errors and gives undefined; a connection that died in sleep never answers.
    const late = sleep((wait + 10) * 1000);
    const answer = await Promise.race([this.server.changes(question), late]).catch(() => undefined);
    const came = Boolean(answer?.epoch);
    this.fails = came ? 0 : this.fails + 1;
    this.trouble(this.fails > 1);
    if (!came) return false;
    const message = { answer, from: version, full: answer.epoch !== epoch };
    this.#accept(message);
    if (tell) this.channel?.postMessage(message);
    return true;
  }

  #accept({ answer, from, full }) {
    const known = answer.epoch === this.epoch;
    // A leader's change that does not join on to what this tab knows: ask for what is missing.
    if (!full && (!known || from > this.version)) return void this.ask(0);
    if (known && answer.version < this.version) return;
    const restarted = !known;
    this.epoch = answer.epoch;
    this.version = answer.version;
    this.busy = answer.busy;
    this.show(answer, full, restarted);
  }

  #wanted = () => this.busy > 0 || performance.now() < this.awakeUntil;

  async #run() {
    this.hurry?.();
    if (this.running) return;
    this.running = true;
    while (this.#wanted() && (this.leads || (!this.shared && !document.hidden))) {
      // Without a lock two windows could hold a request each; over https (HTTP/2) that blocks nothing.
      const hold = this.leads || location.protocol === "https:";
      const came = await this.ask(hold ? HOLD : 0, { tell: true });
      if (!came) await this.#pause(this.#backoff());
      else if (!hold) await this.#pause(SHORT);
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
      channel.onmessage = ({ data }) => this.#hear(data);
      return channel;
    } catch {
      return null; // no such thing, or storage is blocked: this tab is alone
    }
  }

  #hear(message) {
    if (message.wake) {
      this.awakeUntil = performance.now() + AWAKE;
      if (this.leads) this.channel.postMessage({ here: true });
      return void this.#run();
    }
    this.heard = performance.now();
    if (message.answer && this.epoch) this.#accept(message);
  }

  /** A visible tab that hears nothing while something is unfinished asks by itself, never held. */
  async #listen() {
    const silent = performance.now() - this.heard > SILENCE;
    if (!this.shared || this.leads || !silent || document.hidden || !this.#wanted() || this.listening) return;
    this.listening = true;
    await this.ask(0);
    this.listening = false;
  }

  async #poke() {
    if (!this.epoch) return this.hurry?.();
    await this.ask(0);
    this.#run();
  }

  #comeBack() {
    if (this.shared && !this.campaigning) this.#campaign();
    this.#poke();
  }

  #backoff = () => Math.min(15_000, 250 * 1.3 ** this.fails) * (0.7 + Math.random() * 0.6);

  /** Waits, or less when something calls for hurry. */
  #pause(ms) {
    return Promise.race([sleep(ms), new Promise((hurry) => (this.hurry = hurry))]);
  }
}
