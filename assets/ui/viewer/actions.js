/** Actions of an opened image. Fetched when the first image is opened. */
import { codeButton } from "../code/code.js";
import { formLink } from "../form/draft.js";
import { shareable } from "../form/values.js";
import { confirmButton } from "../shared/confirm_button.js";
import { button, copyText, make, numberInput, setText } from "../shared/dom.js";
import { fill } from "../shared/form_fill.js";
import { text } from "../shared/texts.js";
import { paintOnResult } from "../source_image/panel.js";
import { changesBetween } from "./changes.js";
import { filledIn, removing } from "./describe.js";
import { compareButtons } from "./keep_to_compare.js";

const RANDOM = -1;
const COPIED_MS = 1500;

/**
 * @typedef {object} ImageActions what the page does for an opened image
 * @property {(row: object) => Promise<?string>} recipe @property {(row: object) => Promise<boolean>} remove
 * @property {(text: string) => void} say @property {() => object[]} rows all rows, the newest first
 * @property {(row: object) => Promise<boolean>} setFavourite @property {() => void} [leave] closes what covers the form
 */

/** @param {object} row @param {object} picture @param {ImageActions} actions @param {() => void} close closes the view
 * @returns {HTMLElement[]} */
export function imageActions(row, picture, actions, close) {
  const status = make("p", { className: "aside", role: "status", hidden: true });
  return [
    make("div", { role: "group", "aria-label": text("viewer.actions") },
      group(text("viewer.make_another"), ...makeButtons(row, picture, actions, close)),
      group(text("viewer.keep_or_share"), ...shareButtons(row, picture, actions, status)),
      group("", removeButton(row, actions, status, close))),
    status,
    ...changesNote(row, actions.rows()),
  ];
}

const group = (title, ...buttons) =>
  make("div", {}, make("h3", { hidden: !title }, title), make("div", { className: "acts" }, ...buttons));

function makeButtons(row, picture, actions, close) {
  const settings = settingsOf(row);
  const closing = (action) => () => { close(); actions.leave?.(); action(); };
  const fillButton = (label, values, done) => button(label, closing(() => {
    fill(values);
    actions.say(filledIn(done, lostOf(row)));
  }));
  return [
    fillButton(text("viewer.same"), settings, "filled"),
    fillButton(text("viewer.vary"), { ...settings, seed: RANDOM }, "varied"),
    button(text("viewer.seed_only"), closing(() => fillSeed(row.seed, actions))),
    button(text("viewer.paint"), closing(() => paintOnResult(row, row.pictures.indexOf(picture)))),
  ];
}

function shareButtons(row, picture, actions, status) {
  const settings = settingsOf(row);
  return [
    favouriteButton(row, actions, status),
    textButton(text("viewer.recipe"), status, () => actions.recipe(row)),
    textButton(text("viewer.link"), status, () => formLink(shareable(settings)), text("viewer.link_copied")),
    codeButton(settings, picture),
    compareButtons(row, picture, status),
  ];
}

/** Settings of an image that cannot be filled in here. */
const lostOf = (row) => ({
  picture: row.strength != null, speed: row.preset === "fast" && !document.querySelector("#field-preset"),
});

/** Settings for one more image like this: the image of a batch is single, and a second pass without steps of its own
 * took as many as the first. */
const settingsOf = (row) => ({ ...row, pictures: 1, refine_steps: row.refine_steps ?? secondPassSteps(row) });

const secondPassSteps = ({ refine, num_inference_steps: steps }) => (refine === "base_image_refiner" ? steps : null);

function fillSeed(seed, actions) {
  const input = numberInput("seed");
  input.value = seed;
  // Gradio reads a number box from these events, and clamps it to its range on blur.
  for (const event of ["input", "change", "blur"]) input.dispatchEvent(new Event(event, { bubbles: true }));
  actions.say(text("viewer.seed_filled", { seed: String(seed) }));
}

function favouriteButton(row, actions, status) {
  const star = button("", async () => {
    if (await actions.setFavourite(row)) row.favourite = !row.favourite;
    else setText(status, text("shared.not_favoured"));
    draw();
  }, { "aria-label": text("shared.favourite") });
  const draw = () => {
    star.textContent = `${row.favourite ? "★" : "☆"} ${text("shared.favourite")}`;
    star.setAttribute("aria-pressed", String(Boolean(row.favourite)));
  };
  draw();
  return star;
}

/** Button that copies a text. @param {string} label @param {HTMLElement} status @param {() => any} textOf
 * @param {string} [report] shown when it is copied */
function textButton(label, status, textOf, report = "") {
  const node = button(label, async () => {
    const copied = await Promise.resolve(textOf()).catch(() => null);
    if (!copied) return setText(status, text("viewer.no_recipe"));
    await copyText(copied, node);
    setText(status, report);
    node.textContent = text("shared.copied");
    setTimeout(() => (node.textContent = label), COPIED_MS);
  });
  return node;
}

function removeButton(row, actions, status, close) {
  const { node } = confirmButton(() => setText(status, removing(row)), async () => {
    const isRemoved = await actions.remove(row).catch(() => false);
    if (isRemoved) return close();
    node.disabled = false;
    setText(status, text("viewer.not_removed"));
  });
  return node;
}

function changesNote(row, rows) {
  const changes = changesBetween(row, rows);
  return changes ? [make("p", { className: "aside", dir: "auto" }, changes)] : [];
}
