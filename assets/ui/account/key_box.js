/** Box for an own API key. The key leaves the page once the server has it; one that is refused can be mended. */
import { inFull } from "../shared/messages.js";

export class KeyBox {
  /** @param {HTMLElement} panel as in assets/ui/account/panel.html @param {(text: string) => Promise<void>} use */
  constructor(panel, use) {
    this.use = use;
    this.node = panel.querySelector(".own-key");
    this.box = panel.querySelector("#key-box");
    this.status = panel.querySelector(".refusal");
    this.switch = panel.querySelector(".disclose");
    this.button = panel.querySelector(".use");
    this.switch.disabled = this.button.disabled = false;
    this.switch.onclick = () => this.show(!this.isOpen, { focus: true });
    this.button.onclick = () => this.#submit();
    this.box.addEventListener("keydown", (event) => this.#key(event));
    this.box.addEventListener("input", () => this.clear());
    // The button that was pressed is off while the key is checked, so that the focus may be nowhere.
    addEventListener("keydown", ({ key }) =>
      key === "Escape" && !document.querySelector("dialog[open]") && this.#leave({ focus: true }));
    addEventListener("pointerdown", ({ target }) => panel.contains(target) || this.#leave());
  }

  get isOpen() {
    return this.node.dataset.open === "true";
  }

  /** Opens or closes the box. @param {boolean} isOpen @param {{focus?: boolean}} [options] */
  show(isOpen, { focus = false } = {}) {
    this.node.dataset.open = isOpen;
    this.switch.setAttribute("aria-expanded", isOpen);
    if (!isOpen) this.clear();
    if (focus) (isOpen ? this.box : this.switch).focus();
  }

  /** Closes the box where it can be opened again. */
  #leave(options) {
    if (this.isOpen && !this.switch.hidden) this.show(false, options);
  }

  /** Opens the box with a refusal below it. @param {import("../shared/messages.js").Message} message */
  refuse(message) {
    this.show(true);
    this.#setStatus(inFull(message), true);
  }

  clear() {
    this.#setStatus("", false);
  }

  /** Whether a refusal is shown. @returns {boolean} */
  get isRefused() {
    return this.box.getAttribute("aria-invalid") === "true";
  }

  /** Opens the box, focuses it and scrolls to it. */
  bringIntoView() {
    this.show(true);
    this.box.focus({ preventScroll: true });
    this.node.scrollIntoView({ block: "center" });
  }

  /** Removes the key from the page, once the server has it. */
  empty() {
    this.box.value = "";
  }

  /** Shows progress. @param {string} text */
  wait(text) {
    this.#setStatus(text, false);
  }

  #setStatus(text, isRefusal) {
    this.status.textContent = text;
    this.status.classList.toggle("quiet", !isRefusal);
    this.box.setAttribute("aria-invalid", isRefusal);
    this.box.setAttribute("aria-describedby", isRefusal ? `key-help ${this.status.id}` : "key-help");
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (!event.repeat) this.#submit();
  }

  async #submit() {
    const text = this.box.value;
    if (this.button.disabled || !text.trim()) return this.box.focus();
    this.button.disabled = true;
    await this.use(text);
    this.button.disabled = false;
  }
}
