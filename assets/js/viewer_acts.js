/** What can be done with an opened picture; fetched when the first one is opened. */
import { codeButton } from "./code.js";
import { comparer } from "./comparing.js";
import { button, copy, make, setText } from "./dom.js";
import { link } from "./draft.js";
import { fill } from "./filling.js";
import { shareable } from "./form_values.js";
import { paintResult } from "./picture.js";
import { changesBetween } from "./picture_changes.js";
import { remover } from "./remover.js";
import { words } from "./viewer_words.js";
import { words as labels } from "./words.js";

const RANDOM = -1;
const SEED = 'input[aria-label="number input for Seed"]';
const TEMPORARY = 1500; // ms "Copied" is shown

/**
 * @typedef {object} Means what the page lends to these acts
 * @property {(row: object) => Promise<?string>} recipe @property {(row: object) => Promise<boolean>} remove
 * @property {(sentence: string) => void} say @property {() => object[]} rows all rows, the newest first
 * @property {(row: object) => Promise<boolean>} favour @property {() => void} [leave] makes room for the form
 */

/** @param {object} row @param {object} picture @param {Means} means @param {() => void} close closes the view
 * @returns {HTMLElement[]} */
export function acts(row, picture, means, close) {
  const said = make("p", { className: "aside", role: "status", hidden: true });
  const closing = (act) => () => { close(); means.leave?.(); act(); };
  const start = (text, settings, told) => button(text, closing(() => {
    fill(settings);
    means.say(told(lostOf(row)));
  }));
  const settings = settingsOf(row);
  return [
    make("div", { role: "group", "aria-label": words.acts },
      group(words.makeAnew,
        start(words.same, settings, words.filled),
        start(words.vary, { ...settings, seed: RANDOM }, words.varied),
        button(words.keepSeed, closing(() => keepSeed(row.seed, means))),
        button(words.paint, closing(() => paintResult(row, row.pictures.indexOf(picture))))),
      group(words.keepIt,
        favourite(row, means, said),
        copier(words.recipe, said, () => means.recipe(row)),
        copier(words.link, said, () => link(shareable(settings)), words.linkCopied),
        codeButton(settings, picture),
        comparer(row, picture, said)),
      group("", removes(row, means, said, close))),
    said,
    ...changed(row, means.rows()),
  ];
}

const group = (title, ...buttons) =>
  make("div", {}, make("h3", { hidden: !title }, title), make("div", { className: "acts" }, ...buttons));

/** What of a picture's settings cannot be filled in here. */
const lostOf = (row) => ({
  picture: row.strength != null, speed: row.preset === "fast" && !document.querySelector("#field-preset"),
});

/** A picture that was one of several is one alone; a second pass without steps of its own had those of the first. */
const settingsOf = (row) => ({ ...row, pictures: 1, refine_steps: row.refine_steps ?? secondPass(row) });

const secondPass = ({ refine, num_inference_steps: steps }) => (refine === "base_image_refiner" ? steps : null);

function keepSeed(seed, means) {
  const box = document.querySelector(SEED);
  box.value = seed;
  for (const event of ["input", "change", "blur"]) box.dispatchEvent(new Event(event, { bubbles: true }));
  means.say(words.seedKept(seed));
}

function favourite(row, means, said) {
  const star = button("", async () => {
    if (await means.favour(row)) row.favourite = !row.favourite;
    else setText(said, labels.notFavoured);
    draw();
  }, { "aria-label": words.favourite });
  const draw = () => {
    star.textContent = `${row.favourite ? "★" : "☆"} ${words.favourite}`;
    star.setAttribute("aria-pressed", String(Boolean(row.favourite)));
  };
  draw();
  return star;
}

/** A button that copies a text. @param {string} label @param {HTMLElement} said @param {() => any} textOf
 * @param {string} [told] what is said then */
function copier(label, said, textOf, told = "") {
  const copies = button(label, async () => {
    const text = await Promise.resolve(textOf()).catch(() => null);
    if (!text) return setText(said, words.noRecipe);
    await copy(text, copies);
    setText(said, told);
    copies.textContent = words.copied;
    setTimeout(() => (copies.textContent = label), TEMPORARY);
  });
  return copies;
}

function removes(row, means, said, close) {
  const { node } = remover(words, () => setText(said, words.removing(row)), async () => {
    const isGone = await means.remove(row).catch(() => false);
    if (isGone) return close();
    node.disabled = false;
    setText(said, words.notRemoved);
  });
  return node;
}

function changed(row, rows) {
  const changes = changesBetween(row, rows);
  return changes ? [make("p", { className: "aside", dir: "auto" }, words.changed(changes))] : [];
}
