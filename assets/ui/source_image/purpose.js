/** What the prompt is for while a picture is edited, said at its help line; and an offer to remove what it asks away. */
import { noteBelow } from "../shared/prompt_note.js";
import { button, make, setText } from "../shared/dom.js";
import { text } from "../shared/texts.js";

const NOTES = "help-prompt-keys"; // below the box: what comes while one types moves nothing there
const BOX = "#field-prompt textarea";
/** English words with which a prompt asks for something to go: a model paints what it reads, the thing itself. */
const ASKS_AWAY = /^\s*(?:please\s+)?(?:remove|erase|delete|without|get rid of)\b/i;

let line = null;

/** Says what the prompt is for. @param {?import("./modes.js").Mode} mode null: as without a picture
 * @param {boolean} hasMask @param {() => void} remove what the offer does */
export function showPurpose(mode, hasMask, remove) {
  line ??= new Line();
  line.show(mode, mode === "part" && hasMask, remove);
}

class Line {
  constructor() {
    this.node = make("p", { className: "prompt-purpose", role: "status", hidden: true });
    addEventListener("input", (event) => event.target.matches?.(BOX) && this.#drawOffer());
  }

  show(mode, offersRemoval, remove) {
    Object.assign(this, { offersRemoval, remove });
    setText(this.node, mode ? text(`source_image.purpose.${mode}`) : "");
    const help = document.querySelector("#help-prompt");
    if (help && !help.contains(this.node)) help.prepend(this.node);
    help?.classList.toggle("has-purpose", Boolean(mode));
    this.#drawOffer();
  }

  #drawOffer() {
    const isOffered = this.offersRemoval && ASKS_AWAY.test(document.querySelector(BOX)?.value ?? "");
    const note = noteBelow(NOTES, "prompt-removal");
    if (!note || Boolean(note.firstChild) === isOffered) return;
    const remove = button(text("source_image.remove_instead"), () => this.remove());
    note.replaceChildren(...(isOffered ? [text("source_image.offer_removal"), " ", remove] : []));
  }
}
