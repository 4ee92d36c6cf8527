/** Presets as files: saved, and read again after a question what to do with those that are kept. */
import { button, make } from "../shared/dom.js";
import { saveFile } from "../shared/save_file.js";
import { text } from "../shared/texts.js";
import { MOST_BYTES, presetsIn } from "./list.js";

const FILE_NAME = "sdxl-presets.json";

/** Saves presets as a file. @param {string} content JSON */
export const savePresets = (content) => saveFile(new Blob([content], { type: "application/json" }), FILE_NAME);

/** Button that reads a file. @typedef {import("./list.js").Preset} Preset
 * @param {{say: (sentence: string, answers?: {label: string, run: () => void}[]) => void, check: (values: object) => object,
 *   isEmpty: () => boolean, add: (found: Preset[]) => void, replace: (found: Preset[]) => void}} actions
 * @returns {HTMLElement[]} */
export function importControls({ say, check, isEmpty, add, replace }) {
  const read = async ([file]) => {
    const found = file.size <= MOST_BYTES ? presetsIn(await file.text(), check) : null;
    input.value = ""; // the same file can be chosen again
    if (!found?.length) return say(text("presets.not_a_file"));
    if (isEmpty()) return add(found);
    say(text("presets.found", { count: found.length }), [
      { label: text("presets.add"), run: () => add(found) }, { label: text("presets.replace_all"), run: () => replace(found) },
    ]);
  };
  const input = make("input", { type: "file", accept: ".json,application/json", hidden: true, onchange: () => read(input.files) });
  return [button(text("presets.import"), () => input.click(), { className: "minor" }), input];
}
