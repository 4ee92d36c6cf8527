/** What can be done with an opened picture; fetched when the first one is opened. */
import { codeButton } from "./code.js";
import { button, copy, make, setText } from "./dom.js";
import { fill } from "./filling.js";
import { paintResult } from "./picture.js";
import { changesBetween } from "./picture_changes.js";
import { words } from "./viewer_words.js";

const RANDOM = -1;
const SEED = 'input[aria-label="number input for Seed"]';
const TEMPORARY = 1500; // ms "Copied" is shown

/**
 * @typedef {object} Means what the page lends to these acts
 * @property {(row: object) => Promise<?string>} recipe @property {(row: object) => Promise<boolean>} remove
 * @property {(sentence: string) => void} say @property {() => object[]} rows all rows, the newest first
 * @property {() => void} [leave] makes room for the form
 */

/** @param {object} row @param {object} picture @param {Means} means @param {() => void} close closes the view
 * @returns {HTMLElement[]} */
export function acts(row, picture, means, close) {
  const said = make("p", { className: "aside", role: "status", hidden: true });
  const closing = (act) => () => { close(); means.leave?.(); act(); };
  const start = (text, settings, told) => button(text, closing(() => {
    fill(settings);
    means.say(told(row.strength != null));
  }));
  return [
    make("div", { className: "acts", role: "group", "aria-label": words.acts },
      start(words.same, settingsOf(row), words.filled),
      button(words.keepSeed, closing(() => keepSeed(row.seed, means))),
      start(words.vary, { ...settingsOf(row), seed: RANDOM }, words.varied),
      button(words.paint, closing(() => paintResult(row, row.pictures.indexOf(picture)))),
      copier(row, means, said),
      codeButton(settingsOf(row), picture),
      remover(row, means, said, close)),
    said,
    ...changed(row, means.rows()),
  ];
}

/** A picture that was one of several is one alone; a second pass without steps of its own had those of the first. */
const settingsOf = (row) => ({ ...row, pictures: 1, refine_steps: row.refine_steps ?? secondPass(row) });

const secondPass = ({ refine, num_inference_steps: steps }) => (refine === "base_image_refiner" ? steps : null);

function keepSeed(seed, means) {
  const box = document.querySelector(SEED);
  box.value = seed;
  for (const event of ["input", "change", "blur"]) box.dispatchEvent(new Event(event, { bubbles: true }));
  means.say(words.seedKept(seed));
}

function copier(row, means, said) {
  const copies = button(words.recipe, async () => {
    const recipe = await means.recipe(row).catch(() => null);
    if (!recipe) return setText(said, words.noRecipe);
    await copy(recipe, copies);
    copies.textContent = words.copied;
    setTimeout(() => (copies.textContent = words.recipe), TEMPORARY);
  });
  return copies;
}

/** The first press asks, the second deletes. */
function remover(row, means, said, close) {
  let isAsked = false;
  const removes = button(words.remove, async () => {
    if (!isAsked) return ask();
    removes.disabled = true;
    const isGone = await means.remove(row).catch(() => false);
    if (isGone) return close();
    removes.disabled = false;
    setText(said, words.notRemoved);
  });
  const ask = () => {
    isAsked = true;
    removes.textContent = words.removeForGood;
    setText(said, words.removing(row.pictures.length));
  };
  return removes;
}

function changed(row, rows) {
  const changes = changesBetween(row, rows);
  return changes ? [make("p", { className: "aside", dir: "auto" }, words.changed(changes))] : [];
}
