/** Presses that repeat an earlier job, whatever the form holds. */
import { make } from "../shared/dom.js";
import { dollars } from "../shared/formats.js";
import { afterLabel } from "../shared/price_label.js";
import { pressWith } from "./guard.js";

/** Makes images with the settings of a job. @param {object} row @param {{seed: "same" | "new", pictures?: number}} how */
export function makeAgain({ id: job, prompt, width, height }, { seed, pictures = 1 }) {
  pressWith({ again: { job, seed, pictures }, pictures, shown: { prompt, width, height } });
}

/** What that costs, as the job cost last time; frame.css shows it to whoever pays.
 * @param {object} row @param {number} [pictures] @returns {HTMLElement} empty where the price is not known */
export const priceOfAgain = ({ price }, pictures = 1) =>
  make("span", { className: "price-again" }, ...afterLabel(price ? dollars(price * pictures) : ""));
