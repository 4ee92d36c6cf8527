/** The box for a key of one's own. What is typed goes to the app at once and stays nowhere on the page. */
import { inFull } from "./messages.js";

export class KeyBox {
  /** @param {HTMLElement} panel what assets/html/account.html holds @param {(text: string) => Promise<void>} use */
  constructor(panel, use) {
    this.use = use;
    this.node = panel.querySelector(".own-key");
    this.box = panel.querySelector("#key-box");
    this.status = panel.querySelector(".refusal");
    this.switch = panel.querySelector(".disclose");
    this.button = panel.querySelector(".use");
    this.switch.disabled = this.button.disabled = false;
    this.switch.onclick = () => this.show(!this.isOpen, { focus: true });
    this.button.onclick = () => this.#take();
    this.box.addEventListener("keydown", (event) => this.#key(event));
    this.box.addEventListener("input", () => this.clear());
  }

  get isOpen() {
    return this.node.dataset.open === "true";
  }

  /** Opens or closes. @param {boolean} isOpen @param {{focus?: boolean}} [how] */
  show(isOpen, { focus = false } = {}) {
    this.node.dataset.open = isOpen;
    this.switch.setAttribute("aria-expanded", isOpen);
    if (!isOpen) this.clear();
    if (focus) (isOpen ? this.box : this.switch).focus();
  }

  /** Says under the box why there is no key. @param {import("./messages.js").Message} message */
  refuse(message) {
    this.show(true);
    this.#say(inFull(message), true);
  }

  clear() {
    this.#say("", false);
  }

  /** Whether a refusal stands there. @returns {boolean} */
  get isRefused() {
    return this.box.getAttribute("aria-invalid") === "true";
  }

  /** Brings the box before the person's eyes. */
  lead() {
    this.show(true);
    this.box.focus({ preventScroll: true });
    this.node.scrollIntoView({ block: "center" });
  }

  /** Says that something is going on. @param {string} text */
  wait(text) {
    this.#say(text, false);
  }

  #say(text, isRefusal) {
    this.status.textContent = text;
    this.status.classList.toggle("quiet", !isRefusal);
    this.box.setAttribute("aria-invalid", isRefusal);
    this.box.setAttribute("aria-describedby", isRefusal ? `key-help ${this.status.id}` : "key-help");
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "Escape" && this.isOpen) this.show(false, { focus: true });
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (!event.repeat) this.#take();
  }

  async #take() {
    const text = this.box.value;
    if (this.button.disabled || !text.trim()) return this.box.focus();
    this.box.value = ""; // before anything else: it must not stay on the page
    this.button.disabled = true;
    await this.use(text);
    this.button.disabled = false;
  }
}
