/** Actions of an opened image: the bar of five, and the menu of all others. Fetched when first needed. */
import { codeButton } from "../code/code.js";
import { formLink } from "../form/draft.js";
import { sayFilled } from "../form/filled.js";
import { shareable } from "../form/values.js";
import { makeAgain, priceOfAgain } from "../press/again.js";
import { address, button, copyText, make, numberInput, setText } from "../shared/dom.js";
import { fill } from "../shared/form_fill.js";
import { icon } from "../shared/icons.js";
import { isRecipeLeftOut, leaveRecipeOut, saved } from "../shared/keep.js";
import { text } from "../shared/texts.js";
import { edit } from "../source_image/edit.js";
import { changesBetween } from "./changes.js";
import { filledIn } from "./describe.js";
import { compareButtons } from "./keep_to_compare.js";

const COPIED_MS = 1500;

/**
 * @typedef {object} ImageActions what the page does for an opened image
 * @property {(row: object) => Promise<?string>} recipe @property {(rows: object[]) => Promise<boolean>} remove
 * @property {(text: string) => void} say @property {() => object[]} rows all rows, the newest first
 * @property {(pictures: object[]) => Promise<string>} share resolves to what was done
 * @property {(row: object) => Promise<boolean>} setFavourite @property {() => void} [leave] closes what covers the form
 */

/** Actions of the large view. @param {object} row @param {object} picture @param {ImageActions} actions
 * @param {{node: HTMLDialogElement, isMenuOpen: boolean}} view in which the menu stays open from image to image
 * @returns {HTMLElement[]} */
export function imageActions(row, picture, actions, view) {
  const close = () => view.node.close();
  const status = make("p", { className: "aside", role: "status", hidden: true });
  const save = saveLink(picture);
  const menu = make("div", { className: "menu", role: "group", "aria-label": text("shared.more"), hidden: !view.isMenuOpen },
    ...menuOf([row], picture, actions, { status, close, save }));
  return [bar(row, picture, actions, { status, close, save, menu, view }), status, menu, ...changesNote(row, actions.rows())];
}

/** Groups of the menu. @param {object[]} rows one, or all of a press @param {?object} picture of a single one
 * @param {ImageActions} actions @param {{status: HTMLElement, close: () => void, save?: HTMLAnchorElement}} place
 * @returns {HTMLElement[]} */
export function menuOf(rows, picture, actions, { status, close, save }) {
  const [row] = rows;
  return [
    group(text("viewer.use_again"), ...fillButtons(row, Boolean(picture), actions, close)),
    group(text("viewer.keep_or_share"), ...keepButtons(row, picture, actions, status)),
    ...(picture ? [group(text("viewer.downloads"), ...downloads(picture, save))] : []),
    group("", ...removal(rows, actions, close)),
  ];
}

const group = (title, ...buttons) =>
  make("div", {}, make("h3", { hidden: !title }, title), make("div", { className: "acts" }, ...buttons));

function bar(row, picture, actions, { status, close, save, menu, view }) {
  const closing = (action) => () => { close(); actions.leave?.(); action(); };
  const vary = act("variations", text("shared.variations", { count: 1 }), closing(() => makeAgain(row, { seed: "new" })));
  vary.append(priceOfAgain(row));
  const more = act("more", text("shared.more"), () => {
    view.isMenuOpen = menu.hidden;
    menu.hidden = !view.isMenuOpen;
    more.setAttribute("aria-expanded", String(view.isMenuOpen));
  });
  more.setAttribute("aria-expanded", String(view.isMenuOpen));
  return make("div", { className: "bar", role: "group", "aria-label": text("viewer.actions") },
    save,
    act("share", text("shared.share"), async () => setText(status, await actions.share([picture]))),
    act("edit", text("shared.edit"), closing(() => edit(row, picture))),
    vary, more);
}

function act(name, label, run) {
  const node = button("", run, { title: label, className: name });
  node.append(icon(name), make("span", {}, label));
  return node;
}

function saveLink(picture) {
  const link = make("a", { className: "save", href: address(saved(picture)), download: "", title: text("shared.save") });
  link.append(icon("save"), make("span", {}, text("shared.save")));
  return link;
}

function fillButtons(row, isSingle, actions, close) {
  const closing = (action) => () => { close(); actions.leave?.(); action(); };
  const use = button(text("viewer.same"), closing(() => {
    fill(settingsOf(row));
    sayFilled(filledIn(lostOf(row)));
  }));
  return isSingle ? [use, button(text("viewer.seed_only"), closing(() => fillSeed(row.seed, actions)))] : [use];
}

function keepButtons(row, picture, actions, status) {
  const settings = settingsOf(row);
  return [
    ...(picture ? [favouriteButton(row, actions, status)] : []),
    textButton(text("viewer.link"), status, () => formLink(shareable(settings)), text("viewer.link_copied")),
    textButton(text("viewer.recipe"), status, () => actions.recipe(row)),
    codeButton(settings, picture ?? row.pictures[0]),
    ...(picture ? [compareButtons(row, picture, status)] : []),
  ];
}

function downloads({ original, clean, received, ...picture }, save) {
  const box = make("input", { type: "checkbox", checked: isRecipeLeftOut() });
  box.onchange = () => {
    leaveRecipeOut(box.checked);
    if (save) save.href = address(saved({ clean, ...picture }));
  };
  const link = (path, label) => make("a", { href: address(path), download: "" }, label);
  return [
    link(original, text("viewer.original")), link(clean, text("viewer.clean")),
    ...(received ? [link(received, text("viewer.received"))] : []),
    make("p", {}, text("viewer.clean_hint")), make("label", {}, box, text("viewer.leave_out")),
  ];
}

/** Settings of an image that cannot be filled in here. */
const lostOf = (row) => ({
  picture: row.strength != null, speed: row.preset === "fast" && !document.querySelector("#field-preset"),
  sampler: row.sampler && !document.querySelector("#field-sampler"),
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
    star.replaceChildren(icon("star"), text("shared.favourite"));
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

/** The button that deletes, and what it says beside it. */
function removal(rows, actions, close) {
  const status = make("p", { className: "warning", role: "status", hidden: true });
  const node = button(text("shared.remove"), async () => {
    node.disabled = true;
    const isRemoved = await actions.remove(rows).catch(() => false);
    if (isRemoved) return close();
    node.disabled = false;
    setText(status, text("viewer.not_removed"));
    status.scrollIntoView({ block: "nearest" });
  });
  return [node, status];
}

function changesNote(row, rows) {
  const changes = changesBetween(row, rows);
  return changes ? [make("p", { className: "aside", dir: "auto" }, changes)] : [];
}
