/** What the lists of a grid come to: the number of their images, and the price. */
import { text } from "../shared/texts.js";

/** @typedef {object} Plan what the server returns @property {number} [count] of images @property {number} [columns]
 * @property {"free" | "unknown" | "known"} [cost] @property {number} [price] dollars at most, where it is known
 * @property {import("../shared/messages.js").Message} [refused] */

let server = null;

/** Sets who is asked. @param {object} component's server functions */
export const planAt = (component) => (server = component);

/** @param {object} values @returns {Promise<?Plan>} null while the page is not whole */
export const plan = async (values) => (server ? server.plan(values) : null);

/** @param {?Plan} planned @returns {string} */
export function planText(planned) {
  if (!planned) return "";
  const { count, cost, price } = planned;
  return text(`grid.planned.${cost}`, { count, price });
}
