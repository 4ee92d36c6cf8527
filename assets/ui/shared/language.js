/** Language of the page: the browser's first one, if there are texts in it. */

const ENGLISH = "en";
/** The host's page names its languages itself: it has no Gradio. */
const offered = document.documentElement.dataset.languages?.split(" ")
  ?? Object.keys(window.gradio_config?.i18n_translations ?? {});
/** The browser's first language, as Gradio takes it for its labels, and English. */
const wanted = [navigator.language, navigator.language.split("-")[0], ENGLISH];
/** Language of the page, such as `en`. */
export const language = wanted.find((tag) => offered.includes(tag)) ?? ENGLISH;

/** Variant of the page's language that the browser asks for first: en-GB writes dates in another order than en-US. */
export const locale = navigator.languages.find((tag) => tag.split("-")[0] === language.split("-")[0]) ?? language;
