/** The source image of this tab, stored by the names that the server gave it, so that a reload does not lose it. */
import { appPath } from "../shared/dom.js";
import { store, stored } from "../shared/storage.js";
import { MODES } from "./modes.js";

const STORAGE_KEY = `playground-picture ${appPath()}`;

/** @typedef {object} StoredPicture what the panel is made of, without pixels
 * @property {import("./edit_panel.js").Original} original @property {import("./edit_panel.js").Fitted} fitted
 * @property {import("./modes.js").Mode} mode @property {string} way @property {Object<string, number>} strengths
 * @property {?{name: string, src: string, feather: number}} mask @property {boolean} isExtended
 * @property {?{width: number, height: number}} former size of the form before there was an image */

/** @param {?StoredPicture} state null without an image */
export const storePicture = (state) => store(STORAGE_KEY, state ? JSON.stringify(state) : "", { ofTab: true });

/** @returns {?StoredPicture} */
export function storedPicture() {
  try {
    const state = JSON.parse(stored(STORAGE_KEY, { ofTab: true }));
    return state?.original?.name && state.fitted?.name && MODES[state.mode] ? state : null;
  } catch {
    return null; // none, or not written by this page
  }
}
