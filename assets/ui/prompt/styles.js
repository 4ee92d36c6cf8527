/** Chosen prompt styles, chips of the prompt. The styles to choose from are fetched when first needed. */
import { addTicketField } from "../press/ticket.js";
import { attach } from "../shared/attached.js";
import { text } from "../shared/texts.js";
import { chosenStyles, setChosenStyles } from "./chosen_styles.js";

/** @typedef {import("./chosen_styles.js").Style} Style */

/** Lets each press carry the chosen styles. */
export const sendStyles = () => addTicketField("styles", () => chosenStyles().map(({ name }) => name));

/** Chooses styles by name; unknown names are ignored. @param {string[]} names */
export async function useStyles(names) {
  if (!names.length) return chosenStyles().length && choose([]);
  const { loadStyles } = await import("./styles_dialog.js");
  const styles = await loadStyles();
  choose(names.map((name) => styles.find((style) => style.name === name)).filter(Boolean));
}

/** Hook: opens the dialog of styles. */
export async function openStyles() {
  const { chooseStyles } = await import("./styles_dialog.js");
  const opener = document.activeElement;
  await chooseStyles(chosenStyles(), choose);
  opener?.focus();
}

/** @param {Style[]} styles */
function choose(styles) {
  setChosenStyles(styles);
  attach("style", styles.map(chip));
  import("./length.js").then(({ changed }) => changed());
}

function chip({ name }) {
  const title = text(`style.${name}.title`);
  return {
    label: title, removeLabel: text("prompt.remove_style", { title }), open: openStyles,
    remove: () => choose(chosenStyles().filter((style) => style.name !== name)),
  };
}
