/** Comparison of a pair, with LoRAs and without, under a slider. Fetched when first opened. */
import { words as labels } from "../shared/words.js";
import { open } from "./dialog.js";
import { words } from "./words.js";

/** Opens the comparison; resolves when it is closed. @param {object} row one side @param {object} other */
export async function compareLoras(row, other) {
  const [withLora, without] = row.loras.length ? [row, other] : [other, row];
  const side = ({ pictures: [picture] }, name) => ({ picture, name });
  const { title, loraDifference: summary } = words;
  await open(side(withLora, labels.withLora), side(without, labels.withoutLora),
    { title, hint: words.settings(withLora), summary });
}
