/** Summaries of the closed groups of settings. */
import { shortName } from "../loras/titles.js";
import { RANDOM_SEED } from "../shared/fields.js";
import { setSummary } from "../shared/folds.js";
import { list } from "../shared/formats.js";
import { text } from "../shared/texts.js";
import { formValues } from "./values.js";

/** Lets each group say its values while it is closed. */
export function summarize() {
  setSummary("more", () => moreText(formValues()));
  setSummary("loras", () => lorasText(formValues().loras));
}

/** Steps, guidance and seed in one line, empty where there are none. @param {object} settings @returns {string} */
export function moreText({ num_inference_steps: count, guidance_scale: guidance, seed }) {
  const seedText = seed === undefined || seed === RANDOM_SEED ? text("form.random_seed") : text("form.seed", { seed: String(seed) });
  return count === undefined ? "" : text("form.summary", { count, guidance: guidance ?? "", seed: seedText });
}

function lorasText(loras) {
  const used = loras.filter(({ path, on }) => path.trim() && on);
  return used.length ? list(used.map(({ path }) => shortName(path))) : text("form.no_loras");
}
