/** Numbers, money, times and lists as the page's language writes them. */
import { locale } from "./language.js";

const numbers = new Intl.NumberFormat(locale, { maximumSignificantDigits: 12 });
const lists = new Intl.ListFormat(locale, { type: "unit", style: "short" });

/** @param {number} value @param {number} digits after the decimal separator @returns {string} */
export const fixed = (value, digits) =>
  new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

/** @param {number} value @returns {string} */
export const number = (value) => numbers.format(value);

/** Amount of money; a small one has up to six decimals. @param {number} amount @returns {string} */
export const dollars = (amount) => money(amount);

/** A difference of money, with its sign. @param {number} amount @returns {string} */
export const signedDollars = (amount) => money(amount, "exceptZero");

const money = (amount, signDisplay = "auto") => withoutLetters(new Intl.NumberFormat(locale, {
  style: "currency", currency: "USD", signDisplay,
  minimumFractionDigits: 2, maximumFractionDigits: decimalsOf(Math.abs(amount)),
}).format(amount));

/** From right to left the sign of `US$` would stand before its letters. */
const withoutLetters = (text) => (document.documentElement.dir === "rtl" ? text.replace("US$", "$") : text);

function decimalsOf(amount) {
  if (amount >= 0.1 || amount === 0) return 2;
  return amount >= 0.0001 ? 4 : 6;
}

/** @param {number} time unix seconds @returns {string} */
export const day = (time) => new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(time * 1000);

/** A day as a heading: "Today" and "Yesterday" by the days of the browser's time zone, else its date.
 * @param {number} time @param {number} now unix seconds @returns {string} */
export function dayHeading(time, now) {
  const midnight = (seconds) => new Date(seconds * 1000).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(time) - midnight(now)) / 86_400_000); // rounded: a day of a clock change has 23 h
  return days === 0 || days === -1 ? capitalized(daysAway.format(days, "day")) : day(time);
}

const daysAway = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

const capitalized = ([first, ...rest]) => first.toLocaleUpperCase(locale) + rest.join("");

/** @param {number} time unix seconds of the start of a day in UTC @returns {string} without the year */
export const dayInUtc = (time) =>
  new Intl.DateTimeFormat(locale, { month: "short", day: "numeric", timeZone: "UTC" }).format(time * 1000);

/** @param {Date} time @returns {string} with seconds */
export const timeOfDay = (time) => new Intl.DateTimeFormat(locale, { timeStyle: "medium" }).format(time);

/** @param {number} time unix seconds @returns {string} in the browser's time zone */
const minute = (time) => new Intl.DateTimeFormat(locale, { timeStyle: "short" }).format(time * 1000);

const agos = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });

/** How long ago something was; the day of what is older than a day. @param {number} time @param {number} now unix
 * seconds @returns {string} */
export function ago(time, now) {
  const minutes = Math.max(0, Math.floor((now - time) / 60));
  if (minutes < 1) return agos.format(0, "second");
  if (minutes < 60) return agos.format(-minutes, "minute");
  return minutes < 24 * 60 ? agos.format(-Math.floor(minutes / 60), "hour") : day(time);
}

/** How near a time to come is. @param {number} time unix seconds
 * @returns {"today" | "tomorrow" | "later"} by the days of the browser's time zone */
export function nearness(time) {
  const dayAfter = (days) => new Date(Date.now() + days * 86_400_000).toDateString();
  const its = new Date(time * 1000).toDateString();
  if (its === dayAfter(0)) return "today";
  return its === dayAfter(1) ? "tomorrow" : "later";
}

/** Formats by the types that a placeholder may name, for numbers. components/messages/formats.py has the same, and
 * `moment`, which texts.js makes of texts. */
export const FORMATS = { money: dollars, time: minute, date: day };

/** @param {string[]} items @returns {string} */
export const list = (items) => lists.format(items);

/** A list whose items are nodes. @param {string[]} items @param {(item: string) => Node} node makes one of an item
 * @returns {(string | Node)[]} */
export const listOf = (items, node) =>
  lists.formatToParts(items).map(({ type, value }) => (type === "element" ? node(value) : value));
