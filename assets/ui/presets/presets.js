/** Presets: settings kept under a name. Their dialog is fetched when it is first opened. */
import { oneAtATime } from "../shared/dom.js";

const openPresets = oneAtATime(async (server) => (await import("./dialog.js")).openPresets(server));

/** Lets the button in the head of the settings open the dialog. @param {() => object} server with its functions */
export const watchPresets = (server) =>
  addEventListener("click", ({ target }) => target.closest?.("#open-presets") && openPresets(server()));
