/** Dialog of the presets. Fetched when first opened. */
import { sayFilled } from "../form/filled.js";
import { usualForm } from "../form/draft.js";
import { formValues, settingsFrom } from "../form/values.js";
import { openDialog } from "../shared/dialog.js";
import { button, make } from "../shared/dom.js";
import { fill } from "../shared/form_fill.js";
import { closeSheet } from "../shared/sheet.js";
import { text } from "../shared/texts.js";
import { importControls, savePresets } from "./files.js";
import { keeperFor, offered, markOffered } from "./keepers.js";
import { difference, fileOf, merged, MOST, MOST_NAME, named, nameOf } from "./list.js";
import { presetRow } from "./row.js";

const PROBLEMS = {
  too_many: () => text("presets.too_many", { count: MOST }), too_large: () => text("presets.too_large"),
  not_saved: () => text("presets.not_saved"),
};

/** Opens the dialog; resolves when it is closed. @param {object} server with the functions for an account's presets */
export async function openPresets(server) {
  const keeper = await keeperFor(server);
  const dialog = new Presets(keeper);
  await openDialog({
    title: text("presets.title"), hint: text(keeper.user ? "presets.hint_account" : "presets.hint"), className: "presets",
    style: new URL("./dialog.css", import.meta.url), ...dialog.parts(),
  });
}

/** Settings of any values that the form can hold; what it does not know is left out. */
const checked = (values) => settingsFrom(values, {}).settings;

class Presets {
  /** @param {import("./keepers.js").Keeper} keeper */
  constructor(keeper) {
    this.keeper = keeper;
    this.presets = keeper.presets ?? [];
    this.list = make("ul", {});
    this.none = make("p", { className: "none" }, text("presets.none"));
    this.status = make("p", { className: "status", role: "status" });
    this.name = make("input", { type: "text", maxLength: MOST_NAME, id: "preset-name", autocomplete: "off", oninput: () => this.#drawSave() });
    this.withPrompt = make("input", { type: "checkbox" });
    this.saveButton = make("button", { type: "submit", className: "primary" });
    this.exportButton = button(text("presets.export"), () => savePresets(fileOf(this.presets)), { className: "minor" });
    this.#draw();
    if (keeper.presets) this.#offer(offered(keeper));
    else this.#say(text("presets.not_loaded"));
  }

  /** @returns {{content: HTMLElement[], foot: HTMLElement[]}} */
  parts() {
    const form = make("form", { onsubmit: (event) => this.#save(event) },
      make("label", { htmlFor: this.name.id }, text("presets.name")), this.name, this.saveButton,
      make("label", { className: "with-prompt" }, this.withPrompt, text("presets.with_prompt")));
    const controls = importControls({
      say: (sentence, answers) => this.#say(sentence, answers), check: checked, isEmpty: () => !this.presets.length,
      add: (found) => this.#add(found),
      replace: (found) => this.#change(found, text("presets.imported", { count: found.length })),
    });
    return { content: [form, this.status, this.none, this.list], foot: [this.exportButton, ...controls] };
  }

  #draw() {
    this.list.replaceChildren(...this.presets.map((preset) => presetRow(preset.name, checked(preset.settings), {
      apply: () => this.#apply(preset),
      rename: (typed) => this.#rename(preset, nameOf(typed)),
      remove: () => this.#change(this.presets.filter((one) => one !== preset), text("presets.removed", { name: preset.name })),
    })));
    this.none.hidden = this.presets.length > 0;
    this.list.hidden = this.exportButton.hidden = !this.presets.length;
    this.#drawSave();
  }

  #drawSave() {
    const name = nameOf(this.name.value);
    this.saveButton.textContent = text(named(this.presets, name) ? "presets.replace" : "shared.save");
    this.saveButton.disabled = !name;
  }

  /** Offers to add presets of this browser to the account. */
  #offer(found) {
    if (!found.length) return;
    const answered = (then) => () => {
      markOffered(this.keeper);
      then();
    };
    this.#say(text("presets.to_bring", { count: found.length }), [
      { label: text("presets.bring"), run: answered(() => this.#add(found)) },
      { label: text("presets.leave"), run: answered(() => this.#say("")) },
    ]);
  }

  #add(found) {
    return this.#change(merged(this.presets, found), text("presets.imported", { count: found.length }));
  }

  async #save(event) {
    event.preventDefault();
    const name = nameOf(this.name.value);
    if (!name) return;
    const { prompt, ...others } = formValues();
    const settings = this.withPrompt.checked ? { prompt, ...others } : others;
    if (!(await this.#change(merged(this.presets, [{ name, settings }]), text("presets.saved", { name })))) return;
    this.name.value = "";
    this.#drawSave();
  }

  /** @returns {Promise<boolean>} whether it has that name now */
  async #rename(preset, name) {
    if (!name || name === preset.name) return true;
    const other = named(this.presets, name);
    if (other && other !== preset) {
      this.#say(text("presets.taken", { name }));
      return false;
    }
    const next = this.presets.map((one) => (one === preset ? { ...preset, name } : one));
    return this.#change(next, text("presets.renamed", { name }));
  }

  /** Keeps other presets than before, which can be undone. @returns {Promise<boolean>} whether they are kept */
  #change(next, sentence) {
    return this.#keep(difference(this.presets, next), sentence, difference(next, this.presets));
  }

  async #keep(change, sentence, inverse) {
    const { presets, problem } = await this.keeper.change(change);
    if (problem) {
      this.#say(PROBLEMS[problem]());
      return false;
    }
    this.presets = presets;
    this.#draw();
    const undo = () => this.#keep(inverse, text("presets.undone"), change);
    this.#say(sentence, [{ label: text("form.undo"), run: undo }]);
    return true;
  }

  #apply({ name, settings: stored }) {
    const usual = { ...usualForm(), prompt: formValues().prompt };
    const { settings, moved } = settingsFrom(stored, usual);
    this.list.closest("dialog").close();
    closeSheet();
    fill(settings);
    sayFilled(text("presets.applied", { name }), moved);
  }

  /** @param {string} sentence @param {{label: string, run: () => void}[]} [answers] */
  #say(sentence, answers = []) {
    this.status.replaceChildren(...(sentence ? [make("span", {}, sentence)] : []),
      ...answers.map(({ label, run }) => button(label, run, { className: "minor" })));
    this.status.scrollIntoView({ block: "nearest" });
  }
}
