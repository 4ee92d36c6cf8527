/**
 * Texts of the page in the browser's language, from assets/locales: templates with `{name}` placeholders, or one for
 * each plural category, chosen by the parameter `count`. components/messages/catalogue.py renders the same files.
 */

const ENGLISH = "en";
const offered = Object.keys(window.gradio_config?.i18n_translations ?? {});
/** Languages that the browser asks for and the page has, English last. */
const wanted = [...new Set([...navigator.languages, ENGLISH].flatMap((tag) => [tag, tag.split("-")[0]]))];
/** Language of the page, such as `en`. */
export const language = wanted.find((tag) => offered.includes(tag)) ?? ENGLISH;

const catalogue = await load(language);
const plurals = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(language, { maximumSignificantDigits: 12 });

document.documentElement.dir = text("language.direction");

async function load(name) {
  const answer = await fetch(new URL(`../../locales/${name}.json`, import.meta.url));
  if (!answer.ok) throw new Error(`no texts: ${answer.status}`);
  return answer.json();
}

/** @typedef {string | number | {key: string, params: Object<string, Param>}} Param another text is rendered first */

/** Text of a key. Throws for an unknown key: a test looks for those.
 * @param {string} key such as `gallery.stop` @param {Object<string, Param>} [params] @returns {string} */
export function text(key, params = {}) {
  const template = found(key);
  if (template === undefined) throw new Error(`no text ${key}`);
  const chosen = typeof template === "string" ? template : template[plurals.select(params.count)] ?? template.other;
  return chosen.replace(/\{(\w+)\}/g, (_, name) => shown(params[name]));
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
