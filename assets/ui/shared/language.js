/** Language of the page: the one in which the server sent it, see components/ui/http/language.py. */

/** Language of the page, such as `en`. */
export const language = document.documentElement.dataset.language ?? "en";

/** Variant of the page's language that the browser asks for first: en-GB writes dates in another order than en-US. */
const variant = navigator.languages.find((tag) => tag.split("-")[0] === language) ?? language;

/** Locale of all formats. Its digits are those that the boxes of the form take, in Arabic too. */
export const locale = new Intl.Locale(variant, { numberingSystem: "latn" }).toString();
