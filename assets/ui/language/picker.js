/** Choice of the page's language: each under its own name, beside an icon that needs none. */
import { formLink } from "../form/draft.js";
import { getVisitor } from "../shared/browser_id.js";
import { make } from "../shared/dom.js";
import { language } from "../shared/language.js";
import { store } from "../shared/storage.js";
import { fillTexts } from "../shared/template.js";

const STORAGE_KEY = "playground-language"; // as in shell/own_language.js

/** Fills the component in. @param {{element: HTMLElement, props: {value: Object<string, string>}}} host */
export function mount({ element, props }) {
  fillTexts(element);
  const select = element.querySelector("select");
  const choices = Object.entries(props.value);
  select.replaceChildren(...choices.map(([tag, name]) => make("option", { value: tag, lang: tag, dir: "auto" }, name)));
  select.value = language;
  select.onchange = () => choose(select.value);
}

/** Opens the page again in a language. The draft has what was typed; the address has it where nothing can be stored.
 * @param {string} tag */
async function choose(tag) {
  store(STORAGE_KEY, tag);
  const { isStored } = await getVisitor();
  const address = new URL(isStored ? location.href : formLink());
  address.searchParams.set("lang", tag);
  location.replace(address);
}
