/** Ideas for prompts, at the end of the results: a click fills in the form and spends nothing. */
import { appPath } from "../shared/dom.js";
import { followPainter } from "../shared/painter.js";
import { store } from "../shared/storage.js";

// In the first response, see components/ui/opening.py. What is shown there goes when the page is there.
const ideas = document.querySelector("#opening .ideas")?.cloneNode(true);

/** Shows the ideas in a node.
 * @param {HTMLElement} node @param {(example: object) => void} choose */
export function showExamples(node, choose) {
  if (node.firstChild || !ideas) return;
  node.append(...ideas.children);
  followPainter(node.querySelector(".sample-note"));
  for (const card of node.querySelectorAll(".example")) card.onclick = () => choose(JSON.parse(card.dataset.fields));
}

/** Stores whether the first paint shows the ideas: where there are pictures it would show them for a moment.
 * @param {boolean} isEmpty there are no pictures */
export const openWithIdeas = (isEmpty) => store(`playground-empty ${appPath()}`, isEmpty ? "yes" : "no");
