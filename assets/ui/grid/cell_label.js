/** Name of a row or column of a grid. */
import { fieldName } from "../shared/labels.js";
import { text } from "../shared/texts.js";

/** @param {import("./rows.js").Label} label @returns {string} */
export function cellLabel({ field, value }) {
  if (field === "prompt") return value;
  const shown = field === "seed" ? String(value) : value ?? "–";
  if (field === "lora") return text("grid.lora_cell", { value: shown });
  return text("grid.cell", { name: fieldName(field), value: shown });
}
