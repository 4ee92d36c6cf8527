/**
 * Texts of the page in the browser's language, from assets/locales: templates with `{name}` placeholders, or one for
 * each plural category, chosen by the parameter `count`. components/messages/catalogue.py renders the same files.
 */

const ENGLISH = "en";
const PLACEHOLDER = /\{(\w+)\}/g;
const root = document.documentElement;
/** The host's page names its languages itself: it has no Gradio. */
const offered = root.dataset.languages?.split(" ") ?? Object.keys(window.gradio_config?.i18n_translations ?? {});
/** The browser's first language, as Gradio takes it for its labels, and English. */
const wanted = [navigator.language, navigator.language.split("-")[0], ENGLISH];
/** Language of the page, such as `en`. */
export const language = wanted.find((tag) => offered.includes(tag)) ?? ENGLISH;

const catalogue = await load(language);
const plurals = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(language, { maximumSignificantDigits: 12 });

root.lang = language;
root.dir = text("language.direction");
/** Whether lines run from right to left. */
export const isRightToLeft = root.dir === "rtl";

async function load(name) {
  const url = new URL(`../../locales/${name}.json`, import.meta.url);
  // Without texts no script of the page works: a request that fails is made once more.
  const answer = await fetch(url).catch(() => fetch(url));
  if (!answer.ok) throw new Error(`no texts: ${answer.status}`);
  return answer.json();
}

/** @typedef {string | number | {key: string, params: Object<string, Param>}} Param another text is rendered first */

/** Text of a key. Throws for an unknown key: a test looks for those.
 * @param {string} key such as `gallery.stop` @param {Object<string, Param>} [params] @returns {string} */
export function text(key, params = {}) {
  return template(key, params.count).replace(PLACEHOLDER, (_, name) => shown(params[name]));
}

/** Text of a key in pieces, for a text of which parts are nodes. @param {string} key
 * @param {Object<string, string | Node | (string | Node)[]>} params @param {number} [count] of a plural
 * @returns {(string | Node)[]} */
export const pieces = (key, params, count) =>
  template(key, count).split(PLACEHOLDER).flatMap((piece, place) => (place % 2 ? params[piece] : piece));

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

/** Value of a placeholder, or a text that the server named, as it is shown. @param {Param} value @returns {string} */
export function shown(value) {
  if (typeof value === "number") return numbers.format(value);
  return typeof value === "string" ? value : text(value.key, value.params);
}
