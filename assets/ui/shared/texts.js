/**
 * Texts of the page in the browser's language, from assets/locales: templates with `{name}` placeholders, or one for
 * each plural category, chosen by the parameter `count`. `{price, money}` names the format of a number.
 * components/messages/catalogue.py renders the same files.
 */
import { FORMATS, list, nearness, number } from "./formats.js";
import { language } from "./language.js";

const PLACEHOLDER = /\{(\w+)(?:, (\w+))?\}/g;
const root = document.documentElement;

const catalogue = await load(language);
const plurals = new Intl.PluralRules(language);

setLanguage();
// Gradio names the browser's language, whatever the texts are in: a screen reader would read them by its rules.
new MutationObserver(setLanguage).observe(root, { attributeFilter: ["lang"] });
root.dir = text("language.direction");
/** Whether lines run from right to left. */
export const isRightToLeft = root.dir === "rtl";

function setLanguage() {
  if (root.lang !== language) root.lang = language;
}

async function load(name) {
  const url = new URL(`../../locales/${name}.json`, import.meta.url);
  // Without texts no script of the page works: a request that fails is made once more.
  const answer = await fetch(url).catch(() => fetch(url));
  if (!answer.ok) throw new Error(`no texts: ${answer.status}`);
  return answer.json();
}

/**
 * Lists and numbers are written as the language writes them, another text is rendered first. A string stays as it is:
 * also in place of a number that an earlier version stored as it was shown.
 * @typedef {string | number | string[] | {key: string, params: Object<string, Param>}} Param
 */

/** Text of a key. Throws for an unknown key: a test looks for those.
 * @param {string} key such as `gallery.stop` @param {Object<string, Param>} [params] @returns {string} */
export function text(key, params = {}) {
  return template(key, params.count).replace(PLACEHOLDER, (_, name, kind) => shown(params[name], kind));
}

/** Text of a key in pieces, for a text of which parts are nodes. @param {string} key
 * @param {Object<string, string | number | Node | (string | Node)[]>} params @param {number} [count] of a plural
 * @returns {(string | Node)[]} */
export const pieces = (key, params, count) =>
  template(key, count).split(PLACEHOLDER).flatMap((piece, place, parts) =>
    [() => piece, () => pieceOf(params[piece], parts[place + 1]), () => []][place % 3]());

const pieceOf = (value, kind) => (typeof value === "number" ? shown(value, kind) : value);

function template(key, count) {
  const chosen = found(key);
  if (chosen === undefined) throw new Error(`no text ${key}`);
  return typeof chosen === "string" ? chosen : chosen[plurals.select(count)] ?? chosen.other;
}

/** Whether there is a text of this key. @param {string} key @returns {boolean} */
export const hasText = (key) => found(key) !== undefined;

function found(key) {
  return key.split(".").reduce((branch, name) => branch?.[name], catalogue);
}

/** Value of a placeholder, or a text that the server named, as it is shown.
 * @param {Param} value @param {string} [kind] of a number, such as `money` @returns {string} */
export function shown(value, kind) {
  if (typeof value === "number" && kind === "moment") return text(`moment.${nearness(value)}`, { time: value });
  if (typeof value === "number") return (FORMATS[kind] ?? number)(value);
  if (typeof value === "string") return value;
  return Array.isArray(value) ? list(value) : text(value.key, value.params);
}
