/** Comparison of a pair, with LoRAs and without, under a slider. Fetched when first opened. */
import { list } from "../shared/formats.js";
import { clip } from "../shared/labels.js";
import { text } from "../shared/texts.js";
import { difference, open } from "./dialog.js";

const HARDLY = 0.02; // share of the image that differs
const MOST_CHARACTERS = 80; // of a path

/** Opens the comparison; resolves when it is closed. @param {object} row one side @param {object} other */
export async function compareLoras(row, other) {
  const [withLora, without] = row.loras.length ? [row, other] : [other, row];
  const side = ({ pictures: [picture] }, name) => ({ picture, name });
  await open(side(withLora, text("shared.with_lora")), side(without, text("shared.without_lora")),
    { title: text("compare.title"), hint: settingsOf(withLora), summary });
}

function settingsOf({ seed, loras }) {
  const named = loras.map(({ path, scale }) => text("compare.lora", { path: clip(path, MOST_CHARACTERS), scale }));
  return text("compare.settings", { seed: String(seed), loras: list(named) });
}

function summary(share) {
  if (!share) return text("compare.same_lora");
  return share < HARDLY ? text("compare.hardly") : difference(share);
}
