/** Downloads of an image: with the settings that made it, or in one of the forms under "More". */
import { address, make } from "../shared/dom.js";
import { store, stored } from "../shared/storage.js";
import { words } from "./download_words.js";

const STORAGE_KEY = "playground:recipe-left-out";

/** @param {{download: string, original: string, clean: string, received: ?string}} picture addresses
 * @returns {HTMLElement[]} */
export function downloads(picture) {
  const main = link(isRecipeLeftOut() ? picture.clean : picture.download, words.download);
  const more = make("details", { className: "keep" }, make("summary", {}, words.more));
  more.addEventListener("toggle", () => more.append(...choices(picture, main)), { once: true });
  return [main, more];
}

const link = (path, text) => make("a", { className: "original", href: address(path), download: "" }, text);

function choices({ download, original, clean, received }, main) {
  const box = make("input", { type: "checkbox", checked: isRecipeLeftOut() });
  box.onchange = () => {
    store(STORAGE_KEY, box.checked ? "1" : "");
    main.href = address(box.checked ? clean : download);
  };
  const links = [link(original, words.original), link(clean, words.clean)];
  if (received) links.push(link(received, words.received));
  const label = make("label", {}, box, words.leaveOut);
  return [make("div", { className: "ways" }, ...links), make("p", {}, words.cleanHint), label];
}

/** Whether downloads leave out the settings. @returns {boolean} */
export const isRecipeLeftOut = () => stored(STORAGE_KEY) === "1";
