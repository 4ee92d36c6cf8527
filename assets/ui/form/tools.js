/** Tools below the prompt. Gradio's hooks of components/ui/panels/tools.py. */
import { openStyles } from "../prompt/styles.js";
import { gradioButton } from "../shared/dom.js";
import { openSheet } from "../shared/sheet.js";

/** Tells the style sheets how high the dock of narrow pages is. */
export function watchDock() {
  const form = document.getElementById("form");
  const observer = new ResizeObserver(() =>
    document.documentElement.style.setProperty("--dock", `${form.offsetHeight}px`));
  observer.observe(form);
}

/** Hook: chooses a picture to start from. */
export const add_picture = () => document.querySelector("#field-image input[type=file]")?.click();

/** Hook: chooses styles. */
export const add_style = openStyles;

/** Hook: chooses a LoRA of the starter set, or goes to the rows. */
export const add_lora = () => gradioButton("choose-lora")?.click();

/** Hook: opens the settings on narrow pages. */
export const show_settings = openSheet;
