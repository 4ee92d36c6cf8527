/** Every word this side of the page says, in one place. */

const CHARGE = {
  none: "Nothing was charged.",
  maybe: "It may have been charged.",
  refunded: "Failed tasks are refunded, usually within 3 hours.",
  spent: "It was charged.",
};
const TROUBLE = { failed: "Failed", unknown: "Not sure", stopped: "Stopped" };
const WHY = {
  failed: "The picture could not be made.",
  unknown: "No answer came, so the picture may or may not exist.",
  stopped: "No longer watched, at your wish.",
};

/** Cuts a text for a label; a screen reader should not have to read 10,000 letters.
 * @param {string} text @param {number} [length] @returns {string} */
export function clip(text, length = 300) {
  const line = String(text ?? "").replace(/\s+/g, " ").trim();
  return line.length > length ? `${line.slice(0, length)}…` : line;
}

/** What an unfinished job is doing. @param {object} row @param {number} seconds @returns {string} */
function doing(row, seconds) {
  if (row.state === "waiting") return "Waiting to be sent";
  if (row.state === "created") return row.position > 0 ? `In line, ${row.position} before it` : "In line";
  const step = row.steps && row.step != null ? `, step ${row.step} of ${row.steps}` : "";
  return `Being made, ${seconds} s${step}`;
}

export const words = {
  results: "Results",
  doing,
  alt: (row, number) => `${row.prompt}${number ? ` (picture ${number})` : ""}`,
  open: (row, number) => `Open: ${clip(row.prompt)}${number ? ` (picture ${number})` : ""}`,
  setAside: "Not followed now",
  ready: (row) => `Picture ready: ${clip(row.prompt, 80)}`,
  failed: (row) => `${TROUBLE[row.state]}: ${clip(row.prompt, 80)}`,
  trouble: (row) => TROUBLE[row.state] ?? row.state,
  why: (row) => row.happened || WHY[row.state] || "",
  charge: (row) => CHARGE[row.charge] ?? "",
  seed: (row) => (row.seed == null ? "" : `Seed ${row.seed}`),
  lost: "The picture did not load.",
  noPicture: "The task ended without a picture.",
  again: "Try again",
  lookAgain: "Look again",
  looking: "Looking…",
  sensitive: "Marked as sensitive. Show",
  details: "Details",
  task: "Task id",
  copy: "Copy",
  copied: "Copied",
  older: "Show older pictures",
  olderFailed: "Older pictures could not be loaded. Try again.",
  dismiss: "Dismiss",
  offline: "The connection is lost. Nothing is lost with it: this page is looking again.",
  unanswered:
    "A press got no answer, and the server does not know of it. If nothing appears here, press Generate again.",
  notKept:
    "This browser keeps nothing for this page, so your pictures are gone from here after a reload. ",
  ownTab: "Open the page in its own tab.",
  examples: "Start from an example",
  examplesHint: "A click fills in the form. It spends nothing.",
  useExample: (title) => `Use example: ${title}`,
  filled: "Example filled in. Press Generate to make it.",
  viewer: "Picture",
  close: "Close",
  previous: "Previous",
  next: "Next",
  original: "Original",
  facts: {
    prompt: "Prompt", negative: "Negative prompt", size: "Size", steps: "Steps", guidance: "Guidance",
    seed: "Seed", loras: "LoRAs", model: "Model", backend: "Made by", time: "Time taken",
  },
  copyOf: (what) => `Copy ${what.toLowerCase()}`,
  seconds: (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`),
};
