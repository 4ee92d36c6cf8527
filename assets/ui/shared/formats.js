/** Numbers of some digits, money, dates and lists as the page's language writes them; plain numbers: texts.js. */
import { language } from "./texts.js";

/** Variant of the page's language that the browser asks for first: en-GB writes dates in another order than en-US. */
const locale = navigator.languages.find((tag) => tag.split("-")[0] === language.split("-")[0]) ?? language;
const lists = new Intl.ListFormat(language, { type: "unit", style: "short" });

/** @param {number} value @param {number} digits after the decimal separator @returns {string} */
export const fixed = (value, digits) =>
  new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

/** Amount of money; a small one has up to four decimals, one that those would show as nothing up to six.
 * @param {number} amount @returns {string} */
export const dollars = (amount) => new Intl.NumberFormat(language, {
  style: "currency", currency: "USD", minimumFractionDigits: 2, maximumFractionDigits: decimalsOf(amount),
}).format(amount);

function decimalsOf(amount) {
  if (amount >= 0.1) return 2;
  return amount < 0.0001 ? 6 : 4;
}

/** @param {number} time unix seconds @returns {string} */
export const day = (time) => new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(time * 1000);

/** @param {number} time unix seconds of the start of a day in UTC @returns {string} without the year */
export const dayInUtc = (time) =>
  new Intl.DateTimeFormat(locale, { month: "short", day: "numeric", timeZone: "UTC" }).format(time * 1000);

/** @param {Date} time @returns {string} with seconds */
export const timeOfDay = (time) => new Intl.DateTimeFormat(locale, { timeStyle: "medium" }).format(time);

/** @param {string[]} items @returns {string} */
export const list = (items) => lists.format(items);

/** A list whose items are nodes. @param {string[]} items @param {(item: string) => Node} node makes one of an item
 * @returns {(string | Node)[]} */
export const listOf = (items, node) =>
  lists.formatToParts(items).map(({ type, value }) => (type === "element" ? node(value) : value));
