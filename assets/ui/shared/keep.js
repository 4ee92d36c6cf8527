/** How images are saved: with the settings that made them, or without where the visitor has chosen that. */
import { store, stored } from "./storage.js";

const STORAGE_KEY = "playground:recipe-left-out";

/** Whether downloads leave out the settings. @returns {boolean} */
export const isRecipeLeftOut = () => stored(STORAGE_KEY) === "1";

/** @param {boolean} isLeftOut */
export const leaveRecipeOut = (isLeftOut) => store(STORAGE_KEY, isLeftOut ? "1" : "");

/** Address under which an image is saved. @param {{download: string, clean: string}} picture @returns {string} */
export const saved = (picture) => (isRecipeLeftOut() ? picture.clean : picture.download);
