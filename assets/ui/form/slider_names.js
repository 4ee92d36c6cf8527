/** Accessible names of Gradio's sliders: Gradio 6.31 has the words around their labels in English alone. */
import { text } from "../shared/texts.js";

/** Names all sliders in the page's language, those of rows that are shown later too. */
export function nameSliders() {
  const nameAll = () => document.querySelectorAll("#form .block:has(input[type=range])").forEach(nameParts);
  nameAll();
  new MutationObserver(nameAll).observe(document.querySelector("#form"), { childList: true, subtree: true });
}

/** @param {HTMLElement} block of one slider */
function nameParts(block) {
  const name = block.querySelector("[data-testid=block-info]")?.textContent.trim();
  if (!name) return;
  const call = (part, label) => block.querySelector(part)?.setAttribute("aria-label", label);
  call("input[type=range]", text("slider.range", { name }));
  call("button.reset-button", text("slider.reset", { name }));
}
