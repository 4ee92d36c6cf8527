/** What scrolls the results: their own pane where form and results stand side by side, else the page. */

const SCROLLING = ["auto", "scroll"];

/** @returns {Element} */
function scroller() {
  const pane = document.querySelector("#show");
  return pane && SCROLLING.includes(getComputedStyle(pane).overflowY) ? pane : document.scrollingElement;
}

/** Edge under which what is scrolled begins to be seen. @param {Element} of @returns {number} px from the window's top */
const upperEdge = (of) => (of === document.scrollingElement ? 0 : of.getBoundingClientRect().top);

/** Scrolls so that a node is in sight: to the very top where it fits, else to where it begins.
 * @param {Element} node @param {number} gap px above it */
export function scrollToNode(node, gap) {
  const at = scroller();
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const { top, bottom } = node.getBoundingClientRect();
  const start = at.scrollTop - upperEdge(at); // from here to what is scrolled
  const fits = bottom + start <= at.clientHeight;
  at.scrollTo({ top: fits ? 0 : top + start - gap, behavior: isCalm ? "instant" : "smooth" });
}

/** Holds still what is looked at while a list changes. Safari has no scroll anchoring, so page.css switches it off
 * everywhere and the shift is corrected here. */
export class Anchor {
  /** @param {() => ?Element} find the node to keep in place, null to keep none */
  constructor(find) {
    this.find = find;
    this.last = null;
  }

  /** @param {() => void} change */
  during(change) {
    const at = scroller();
    const node = this.#node(at);
    const before = node?.getBoundingClientRect().top;
    change();
    if (!node?.isConnected) return;
    const shift = node.getBoundingClientRect().top - before;
    if (shift) at.scrollBy({ top: shift, behavior: "instant" });
    this.last = { node, place: at.scrollTop };
  }

  /** The same node until the visitor scrolls: each new card shifts the first of a row. */
  #node(at) {
    if (this.last?.place === at.scrollTop && this.last.node.isConnected) return this.last.node;
    this.last = null;
    return this.find(upperEdge(at));
  }
}
