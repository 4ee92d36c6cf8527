/** Chips of the LoRAs in use, in the row of what is attached to the prompt. */
import { attach } from "../shared/attached.js";
import { elementId, gradioButton, numberInput } from "../shared/dom.js";
import { showControl } from "../shared/folds.js";
import { onFormChange } from "../shared/form_changes.js";
import { number as written } from "../shared/formats.js";
import { text } from "../shared/texts.js";
import { isRowShown, ROWS } from "./rows.js";
import { shortName } from "./titles.js";

const SETTLED_MS = 150; // after the last change

let drawn = "";

/** Keeps the chips like the rows. */
export function followRows() {
  onFormChange(draw, SETTLED_MS);
  draw();
}

const block = (name) => document.getElementById(elementId(name));

function draw() {
  const used = ROWS.filter(isRowShown).map(rowOf).filter(({ path, isOn }) => path && isOn);
  if (JSON.stringify(used) === drawn) return;
  drawn = JSON.stringify(used);
  attach("lora", used.map(chip));
}

const pathOf = (number) => block(`lora_${number}`)?.querySelector("textarea, input")?.value.trim() ?? "";

const rowOf = (number) => ({
  number,
  path: pathOf(number),
  name: shortName(pathOf(number)),
  scale: Number(numberInput(`lora_${number}_scale`)?.value),
  isOn: block(`lora_${number}_on`)?.querySelector("input")?.checked !== false,
});

function chip({ number, name, scale }) {
  return {
    label: text("loras.chip", { name, scale: written(scale) }),
    removeLabel: text("loras.remove_chip", { name }),
    open: () => showControl(block(`lora_${number}`)),
    remove: () => gradioButton(`remove-lora-${number}`)?.click(),
  };
}
