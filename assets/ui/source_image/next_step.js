/** What follows a painted mask: the prompt, which then says what belongs there, and Generate. */
import { showControl } from "../shared/folds.js";
import { closeSheet, isNarrow } from "../shared/sheet.js";

/** Brings the prompt in sight. @param {import("./modes.js").Mode} mode one that removes something has no prompt */
export function goOnToPrompt(mode) {
  if (isNarrow()) return closeSheet(); // it is docked there, and a focus would open the keyboard over the picture
  if (mode === "part") showControl(document.querySelector("#field-prompt textarea"));
}
