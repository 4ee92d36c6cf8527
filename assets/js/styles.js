/** The prompt styles that are chosen: chips below the words. What there is to choose is fetched when it is asked for. */
import { button, make } from "./dom.js";
import { addPart } from "./parts.js";
import { words } from "./words.js";

/** @typedef {{name: string, title: string, prompt: string, negative_prompt: string}} Style */

const say = words.styles;
let panel = null;

/** Shows the chosen styles in a gr.HTML component. @param {{element: HTMLElement}} host */
export function mount({ element }) {
  panel ??= new Panel();
  element.replaceChildren(panel.node);
}

/** @returns {Style[]} in the order in which they are applied */
export const chosenStyles = () => panel?.chosen ?? [];

/** Chooses styles by their names; those that are not known here are left out. @param {string[]} names */
export async function useStyles(names) {
  if (!names.length) return panel?.chosen.length && panel.choose([]);
  const { loadStyles } = await import("./styles_dialog.js");
  const styles = await loadStyles();
  panel?.choose(names.map((name) => styles.find((style) => style.name === name)).filter(Boolean));
}

class Panel {
  /** @type {Style[]} */
  chosen = [];

  constructor() {
    this.add = button(say.add, () => this.#open(), { className: "minor plus" });
    this.list = make("ul", { "aria-label": say.chosen });
    this.adds = make("p", { dir: "auto" });
    this.what = make("details", {}, make("summary", {}, say.what), this.adds);
    this.node = make("section", { className: "styles", "aria-label": say.section }, this.list, this.add, this.what);
    addPart("styles", () => this.chosen.map(({ name }) => name));
    this.#draw([]);
  }

  /** @param {Style[]} styles */
  choose(styles) {
    this.#draw(styles);
    import("./prompt_length.js").then(({ changed }) => changed());
  }

  #draw(styles) {
    this.chosen = styles;
    this.list.replaceChildren(...styles.map((style) => make("li", {}, this.#chip(style))));
    this.list.hidden = this.what.hidden = !styles.length;
    this.adds.textContent = say.added(styles);
  }

  #chip(style) {
    const take = () => {
      this.choose(this.chosen.filter(({ name }) => name !== style.name));
      (this.list.querySelector("button") ?? this.add).focus();
    };
    return button(style.title, take, { className: "style-chip", "aria-label": say.remove(style.title) });
  }

  async #open() {
    const { choose } = await import("./styles_dialog.js");
    await choose(this.chosen, (styles) => this.choose(styles));
    this.add.focus();
  }
}
