/** Panel of the chosen prompt styles. The styles to choose from are fetched when first needed. */
import { addTicketField } from "../press/ticket.js";
import { button, make } from "../shared/dom.js";
import { list } from "../shared/formats.js";
import { text } from "../shared/texts.js";
import { chosenStyles, setChosenStyles } from "./chosen_styles.js";

/** @typedef {import("./chosen_styles.js").Style} Style */

let panel = null; // Gradio may mount the component again: the panel outlives its element

/** Shows the panel in a gr.HTML component. @param {{element: HTMLElement}} host */
export function mount({ element }) {
  panel ??= new Panel();
  element.replaceChildren(panel.node);
}

/** Chooses styles by name; unknown names are ignored. @param {string[]} names */
export async function useStyles(names) {
  if (!names.length) return chosenStyles().length && panel.choose([]);
  const { loadStyles } = await import("./styles_dialog.js");
  const styles = await loadStyles();
  panel?.choose(names.map((name) => styles.find((style) => style.name === name)).filter(Boolean));
}

/** What styles add to the two prompts. */
function added(styles) {
  const words = (half) => list(styles.map((style) => style[half].replace(/^\{prompt\}, /, "")));
  return [
    text("prompt.style_words", { words: words("prompt") }),
    text("prompt.style_negative_words", { words: words("negative_prompt") }),
  ].join("\n");
}

class Panel {
  constructor() {
    this.add = button(text("prompt.add_style"), () => this.#open(), { className: "minor plus" });
    this.list = make("ul", { "aria-label": text("prompt.chosen_styles") });
    this.texts = make("p", { dir: "auto" });
    this.details = make("details", {}, make("summary", {}, text("prompt.what_styles_add")), this.texts);
    const nodes = [this.list, this.add, this.details];
    this.node = make("section", { className: "styles", "aria-label": text("prompt.styles") }, ...nodes);
    addTicketField("styles", () => chosenStyles().map(({ name }) => name));
    this.#draw();
  }

  /** @param {Style[]} styles */
  choose(styles) {
    setChosenStyles(styles);
    this.#draw();
    import("./length.js").then(({ changed }) => changed());
  }

  #draw() {
    const styles = chosenStyles();
    this.list.replaceChildren(...styles.map((style) => make("li", {}, this.#chip(style))));
    this.list.hidden = this.details.hidden = !styles.length;
    this.texts.textContent = added(styles);
  }

  #chip({ name }) {
    const title = text(`style.${name}.title`);
    const remove = () => {
      this.choose(chosenStyles().filter((style) => style.name !== name));
      (this.list.querySelector("button") ?? this.add).focus();
    };
    return button(title, remove, { className: "style-chip", "aria-label": text("prompt.remove_style", { title }) });
  }

  async #open() {
    const { chooseStyles } = await import("./styles_dialog.js");
    await chooseStyles(chosenStyles(), (styles) => this.choose(styles));
    this.add.focus();
  }
}
