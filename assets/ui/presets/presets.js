/** Presets: settings kept under a name. Their dialog is fetched when it is first opened. */
import { oneAtATime } from "../shared/dom.js";

const openPresets = oneAtATime(async () => (await import("./dialog.js")).openPresets());

/** Lets the button in the head of the settings open the dialog. */
export const watchPresets = () =>
  addEventListener("click", ({ target }) => target.closest?.("#open-presets") && openPresets());
