/** What a search finds at Hugging Face, in the dialog of LoRAs; not shown where the host has no way there. */
import { address, make, setText } from "../shared/dom.js";
import { inFull } from "../shared/messages.js";
import { text } from "../shared/texts.js";
import { facts, triggers } from "./card.js";

/**
 * @typedef {object} Found as components/ui/panels/lora_search.py sends it
 * @property {string} author @property {string} name @property {string} page @property {number} likes
 * @property {string} license @property {string[]} words @property {{name: string, path: string}[]} files
 * @property {boolean} has_picture
 */

const ORDERS = { likes: "most_liked", createdAt: "newest" };
const LOST = { code: "hub_not_reached", params: {}, charge: "" };

/** Found LoRAs with their order; hidden until the first answer. */
export class HubSection {
  /** @param {import("./row_check.js").Table["findLoras"]} find
   * @param {(lora: {path: string, title: string, words: string[]}) => HTMLElement} use button of a card
   * @param {string[]} shown paths that are in the dialog already */
  constructor(find, use, shown) {
    Object.assign(this, { find, use, shown, words: "" });
    this.status = make("p", { className: "quiet", role: "status" });
    this.list = make("ul");
    this.order = make("select", { "aria-label": text("loras.find.order"), onchange: () => this.search(this.words) },
      ...Object.entries(ORDERS).map(([value, name]) => make("option", { value }, text(`loras.find.${name}`))));
    const title = text("loras.find.hub");
    this.node = make("section", { "aria-label": title, hidden: true },
      make("div", { className: "head" }, make("h3", {}, title), this.order), this.status, this.list);
  }

  /** Searches; the answer to the latest call alone is shown. @param {string} words the best known without any */
  async search(words) {
    const turn = (this.turn = {});
    this.words = words;
    setText(this.status, text("loras.find.searching"));
    const answer = await this.find({ words, order: this.order.value });
    if (this.turn === turn) this.#show(answer, words);
  }

  #show(answer, words) {
    const refused = answer ? answer.refused : LOST;
    this.isThere ||= !refused;
    this.node.hidden = !this.isThere && !words;
    const found = refused ? [] : answer.loras.filter(({ files }) => !this.shown.includes(files[0].path));
    this.list.replaceChildren(...found.map((lora) => this.#card(lora)));
    setText(this.status, refused ? inFull(refused) : summary(found.length, words));
  }

  #card(lora) {
    const { author, name: title, words } = lora;
    const use = ({ path }) => this.use({ path, title, words });
    const button = make("div", { className: "use" }, use(lora.files[0]));
    const by = [text("loras.find.by", { author }), text("loras.find.likes", { count: lora.likes })].join(" · ");
    return make("li", {}, picture(lora), make("h4", {}, title), make("p", { className: "quiet" }, by),
      ...(words.length ? [triggers(words)] : []), facts({ title, page: lora.page, licence: lora.license }),
      ...fileChoice(lora, (file) => button.replaceChildren(use(file))), button);
  }
}

function summary(count, words) {
  if (count) return text("loras.find.found", { count });
  return words ? text("loras.find.none", { words }) : text("loras.find.nothing");
}

function picture({ author, name: title, has_picture: isThere }) {
  const none = make("div", { className: "no-picture" }, text("loras.find.no_picture"));
  if (!isThere) return none;
  const image = make("img", { alt: text("loras.sample", { title }), width: 256, height: 256, loading: "lazy", decoding: "async" });
  image.onerror = () => image.replaceWith(none);
  image.src = address(`playground/lora-pictures/${author}/${title}`);
  return image;
}

/** Which of several files is used; of one, there is nothing to choose. */
function fileChoice({ name: title, files }, choose) {
  if (files.length === 1) return [];
  const label = text("loras.find.file_of", { title });
  const options = files.map(({ name }, value) => make("option", { value }, name));
  return [make("select", { "aria-label": label, onchange: ({ target }) => choose(files[target.value]) }, ...options)];
}
