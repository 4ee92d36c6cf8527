/** Presses that repeat an earlier job, whatever the form holds. */
import { dollars } from "../shared/formats.js";
import { sessionKey } from "../shared/session_key.js";
import { pressWith } from "./guard.js";

/** Makes images with the settings of a job. @param {object} row @param {{seed: "same" | "new", pictures?: number}} how */
export function makeAgain({ id: job, prompt, width, height }, { seed, pictures = 1 }) {
  pressWith({ again: { job, seed, pictures }, pictures, shown: { prompt, width, height } });
}

/** What that costs a visitor who pays, as the job cost last time. @param {object} row @param {number} [pictures]
 * @returns {string} "" for a visitor who does not pay, and where it is not known */
export const priceOfAgain = ({ price }, pictures = 1) => (price && sessionKey() ? ` · ${dollars(price * pictures)}` : "");
