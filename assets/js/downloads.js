/** What a picture can be kept as: with the settings that made it, or in one of the ways under "More". */
import { address, make } from "./dom.js";
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
    leaveOut(box.checked);
    main.href = address(box.checked ? clean : download);
  };
  const links = [link(original, words.original), link(clean, words.clean)];
  if (received) links.push(link(received, words.received));
  return [make("div", { className: "ways" }, ...links), make("p", {}, words.cleanHint), make("label", {}, box, words.leaveOut)];
}

let leftOut = false; // where the browser keeps nothing

function isLeftOut() {
  try {
    return localStorage.getItem(LEFT_OUT) === "1";
  } catch {
    return leftOut;
  }
}

function leaveOut(isOn) {
  leftOut = isOn;
  try {
    localStorage.setItem(LEFT_OUT, isOn ? "1" : "");
  } catch {
    // it holds until the page is left
  }
}
