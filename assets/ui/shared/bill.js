/** What a task cost, in words: by the service's bill once it says that, and by the quoted price before. */
import { dollars } from "./formats.js";
import { text } from "./texts.js";

/**
 * @typedef {object} Bill amounts in millionths of a US dollar, null where they are not known
 * @property {"charged" | "refunded" | "not_charged" | "not_known"} outcome
 * @property {?number} micros refunds deducted @property {?number} refunded @property {boolean} is_final
 */

const amountOf = (micros) => dollars(micros / 1e6);

/** Cost of a task as a fact. @param {{bill: ?Bill, micros: ?number}} row @returns {string} "" where nothing is known */
export function costOf({ bill, micros }) {
  if (isKnown(bill)) return text(`bill.fact.${kindOf(bill)}`, { amount: amountOf(bill.micros) });
  return micros == null ? "" : text("bill.about", { amount: amountOf(micros) });
}

/** Sentence of what a task was charged. @param {{bill: ?Bill}} row @returns {string} "" where the bill does not say */
export const chargeOf = ({ bill }) =>
  (isKnown(bill) ? text(`bill.sentence.${kindOf(bill)}`, { amount: amountOf(bill.micros) }) : "");

/** Millionths of a US dollar that a job has cost, as far as that is known.
 * @param {{bill: ?Bill, micros: ?number, state: string}} row @returns {number} */
export const spentOn = ({ bill, micros, state }) => bill?.micros ?? (state === "completed" ? micros ?? 0 : 0);

const isKnown = (bill) => bill && bill.outcome !== "not_known";

function kindOf({ outcome, refunded, is_final: isFinal }) {
  if (outcome !== "charged") return outcome;
  if (refunded) return "partly_refunded";
  return isFinal ? "charged" : "not_final";
}
