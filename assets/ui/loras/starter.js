/** Starter set in the dialog of LoRAs: cards with samples. */
import { make } from "../shared/dom.js";
import { sampleNote } from "../shared/painter.js";
import { text } from "../shared/texts.js";
import { facts, triggers } from "./card.js";

/**
 * @typedef {object} Lora as in assets/loras/starter.json
 * @property {string} id @property {string} path @property {string[]} trigger_words @property {string} licence
 * @property {string} page states what is said here @property {string} picture
 * @property {number} [weight] which its page names, the upper end of a range
 */

const titleOf = ({ id }) => text(`starter_lora.${id}.title`);
const lineOf = ({ id }) => text(`starter_lora.${id}.line`);
const urlOf = (path) => new URL(`../../loras/${path}`, import.meta.url).href;
let starterSet = null; // a promise

/** @returns {Promise<Lora[]>} empty where it cannot be loaded */
export function loadStarterSet() {
  starterSet ??= fetch(urlOf("starter.json")).then((answer) => (answer.ok ? answer.json() : Promise.reject(answer)));
  return starterSet.catch(() => {
    starterSet = null;
    return [];
  });
}

/** Cards of the set, of which words leave those that have them. */
export class StarterSection {
  /** @param {Lora[]} loras @param {(lora: {path: string, title: string}) => HTMLElement} use button of a card */
  constructor(loras, use) {
    this.cards = loras.map((lora) => ({ lora, node: card(lora, use) }));
    this.node = make("section", { "aria-label": text("loras.shelf"), hidden: !loras.length },
      make("h3", {}, text("loras.shelf")), sampleNote(), make("ul", {}, ...this.cards.map(({ node }) => node)));
  }

  /** @param {string} words all of them shown without any */
  filter(words) {
    const wanted = words.toLocaleLowerCase().split(/\s+/);
    for (const { lora, node } of this.cards) {
      const own = [titleOf(lora), lineOf(lora), lora.path, ...lora.trigger_words].join(" ").toLocaleLowerCase();
      node.hidden = !wanted.every((word) => own.includes(word));
    }
    this.node.hidden = this.cards.every(({ node }) => node.hidden);
  }
}

function card(lora, use) {
  const title = titleOf(lora);
  const sample = { src: urlOf(lora.picture), alt: text("loras.sample", { title }), width: 256, height: 256 };
  const words = lora.trigger_words;
  return make("li", {},
    make("img", { ...sample, loading: "lazy", decoding: "async" }), make("h4", {}, title), make("p", {}, lineOf(lora)),
    words.length ? triggers(words) : make("p", { className: "quiet" }, text("loras.no_triggers")),
    facts({ ...lora, title }), use({ path: lora.path, title, scale: lora.weight }));
}
