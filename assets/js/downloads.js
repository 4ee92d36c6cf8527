/** What a picture can be kept as: with the settings that made it, or in one of the ways under "More". */
import { address, make } from "./dom.js";
import { keep, kept } from "./kept.js";
import { words } from "./download_words.js";

const LEFT_OUT = "playground:recipe-left-out";

/** @param {{download: string, original: string, clean: string, received: ?string}} picture @returns {HTMLElement[]} */
export function downloads(picture) {
  const main = link(isLeftOut() ? picture.clean : picture.download, words.download);
  const more = make("details", { className: "keep" }, make("summary", {}, words.more));
  more.addEventListener("toggle", () => more.append(...choices(picture, main)), { once: true });
  return [main, more];
}

const link = (path, text) => make("a", { className: "original", href: address(path), download: "" }, text);

function choices({ download, original, clean, received }, main) {
  const box = make("input", { type: "checkbox", checked: isLeftOut() });
  box.onchange = () => {
    keep(LEFT_OUT, box.checked ? "1" : "");
    main.href = address(box.checked ? clean : download);
  };
  const links = [link(original, words.original), link(clean, words.clean)];
  if (received) links.push(link(received, words.received));
  return [make("div", { className: "ways" }, ...links), make("p", {}, words.cleanHint), make("label", {}, box, words.leaveOut)];
}

/** Whether downloads say nothing of how they were made. @returns {boolean} */
export const isLeftOut = () => kept(LEFT_OUT) === "1";
