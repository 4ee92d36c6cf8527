/**
 * What Gradio's inputs lack (6.31). Each radio button has a name of its own, and gets another one whenever it is drawn:
 * every one is a stop of the Tab key, and the arrow keys do nothing. And each text box is set from left to right.
 * Sliders have English names, and a scrolling finger moves them.
 */

import { language } from "../shared/language.js";

/** Mends all inputs of the form, those that are shown later too. */
export function mendInputs() {
  const form = document.querySelector("#form");
  const mendAll = () => {
    form.querySelectorAll(".block[id] input[name^=radio-]").forEach(group);
    for (const box of form.querySelectorAll("textarea:not([dir=auto])")) box.dir = "auto";
  };
  mendAll();
  const changes = { childList: true, subtree: true, attributes: true, attributeFilter: ["name", "dir"] };
  new MutationObserver(mendAll).observe(form, changes);
  if (navigator.maxTouchPoints) import("./sliders.js").then(({ watchSliders }) => watchSliders());
  // Gradio's own names are English.
  if (language !== "en") import("./slider_names.js").then(({ nameSliders }) => nameSliders());
}

/** Buttons of one name are a group: one stop, and arrows in it. @param {HTMLInputElement} radio */
function group(radio) {
  const name = `group-${radio.closest(".block").id}`;
  if (radio.name !== name) radio.name = name;
}
