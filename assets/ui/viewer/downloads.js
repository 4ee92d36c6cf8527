/** Downloads of an image: with the settings that made it, or in one of the forms under "More". */
import { address, make } from "../shared/dom.js";
import { store, stored } from "../shared/storage.js";
import { text } from "../shared/texts.js";

const STORAGE_KEY = "playground:recipe-left-out";

/** @param {{download: string, original: string, clean: string, received: ?string}} picture addresses
 * @returns {HTMLElement[]} */
export function downloads(picture) {
  const main = link(isRecipeLeftOut() ? picture.clean : picture.download, text("viewer.download"));
  const more = make("details", { className: "keep" }, make("summary", {}, text("viewer.more_downloads")));
  more.addEventListener("toggle", () => more.append(...choices(picture, main)), { once: true });
  return [main, more];
}

const link = (path, label) => make("a", { className: "original", href: address(path), download: "" }, label);

function choices({ download, original, clean, received }, main) {
  const box = make("input", { type: "checkbox", checked: isRecipeLeftOut() });
  box.onchange = () => {
    store(STORAGE_KEY, box.checked ? "1" : "");
    main.href = address(box.checked ? clean : download);
  };
  const links = [link(original, text("viewer.original")), link(clean, text("viewer.clean"))];
  if (received) links.push(link(received, text("viewer.received")));
  const label = make("label", {}, box, text("viewer.leave_out"));
  return [make("div", { className: "ways" }, ...links), make("p", {}, text("viewer.clean_hint")), label];
}

/** Whether downloads leave out the settings. @returns {boolean} */
export const isRecipeLeftOut = () => stored(STORAGE_KEY) === "1";
