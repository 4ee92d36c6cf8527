/** The labels of this side of the page, in one place. Messages come from the server: components/messages.py. */

const TROUBLE = { failed: "Failed", unknown: "Not sure", stopped: "Stopped" };

/** Cuts a text for a label; a screen reader should not have to read 10,000 letters.
 * @param {string} text @param {number} [length] @returns {string} */
export function clip(text, length = 300) {
  const line = String(text ?? "").replace(/\s+/g, " ").trim();
  return line.length > length ? `${line.slice(0, length)}…` : line;
}

/** What an unfinished job is doing. @param {object} row @param {number} now unix seconds @returns {string} */
function doing(row, now) {
  if (row.state === "waiting") return waiting(row, now);
  if (row.state === "created") return inLine(row) || row.stage || "In line";
  const seconds = Math.max(0, Math.round(now - (row.started ?? row.accepted ?? row.created)));
  if (row.stage) return `${row.stage} (${seconds} s)`;
  const step = row.steps && row.step != null ? `, step ${row.step} of ${row.steps}` : "";
  return `Being made, ${seconds} s${step}${left(row, now)}`;
}

/** How long it will still take, from like tasks. */
function left({ usual, accepted }, now) {
  if (usual == null || !accepted) return "";
  const seconds = Math.round(accepted + usual - now);
  return seconds > 0 ? `, about ${seconds} s left` : ", any moment now";
}

function waiting(row, now) {
  const left = Math.ceil(row.next_send - now);
  if (row.next_send) return `${row.happened} Sending ${left > 0 ? `in ${left} s` : "now"}`.trim();
  return inLine(row) || "Waiting to be sent";
}

const inLine = ({ position }) => (position > 0 ? `In line, ${position} before it` : "");

/** Tells a picture from others of the same words. @param {object} row @returns {string} */
export const named = ({ prompt, seed }) => `${clip(prompt)}${seed == null ? "" : `, seed ${seed}`}`;

export const words = {
  results: "Results",
  doing,
  alt: (row, number) => `${row.prompt}${number ? ` (picture ${number})` : ""}`,
  open: (row, number) => `Open: ${named(row)}${number ? ` (picture ${number})` : ""}`,
  favourite: (row) => `Favourite: ${named(row)}`,
  notFavoured: "This could not be marked. Try again.",
  favouriteHint: "Favourite",
  history: "All your pictures",
  setAside: "Not followed now",
  ready: (row) => `Picture ready: ${clip(row.prompt, 80)}`,
  failed: (row) => `${TROUBLE[row.state]}: ${clip(row.prompt, 80)}`,
  trouble: (row) => TROUBLE[row.state] ?? row.state,
  seed: (row) => (row.seed == null ? "" : `Seed ${row.seed}`),
  again: "Try again",
  lookAgain: "Look again",
  looking: "Looking…",
  stop: "Stop",
  stopping: "Stopping…",
  takeBack: "Take back",
  takingBack: "Taking back…",
  atService: (number) => `Picture ${number ? `${number} ` : ""}at the service`,
  sensitive: "Marked as sensitive. Show",
  details: "Details",
  task: "Task id",
  copy: "Copy",
  copied: "Copied",
  older: "Show older pictures",
  dismiss: "Dismiss",
  askingKey: "Looking after your key…",
  checkingKey: "Checking the key…",
  ownKey: ({ model, tail, balance }) =>
    `Painted by ${model}. Your key ${tail} pays.${balance ? ` ${balance} left.` : ""}`,
  signedIn: (user) => `Signed in as ${user}.`,
  toBring: (count) => `${count} ${count === 1 ? "picture was" : "pictures were"} made in this browser before you signed in.`,
  examples: "Start from an example",
  examplesHint: "A click fills in the form. It spends nothing.",
  useExample: (title) => `Use example: ${title}`,
  linked: (moved) => {
    const told = moved.length ? ` ${moved.join(", ")} could not be as the link says and ${moved.length === 1 ? "was" : "were"} moved.` : "";
    return `A link filled in the form. Nothing was started.${told}`;
  },
  filled: "Example filled in. Press Generate to make it.",
  viewer: "Picture",
  close: "Close",
  previous: "Previous",
  next: "Next",
  startFrom: "Start from this picture",
  putBack: "Outside what you painted the original was put back, to the pixel.",
  refiner: ({ refine, high_noise_frac, refine_steps, num_inference_steps }) => ({
    expert_ensemble_refiner: `Ensemble of experts, handover at ${high_noise_frac}`,
    base_image_refiner: `Second pass, ${refine_steps ?? num_inference_steps} steps`,
  })[refine],
  speed: ({ preset }) => ({ full: "Best", fast: "Fast" })[preset],
  facts: {
    prompt: "Prompt", negative: "Negative prompt", size: "Size", steps: "Steps", guidance: "Guidance", speed: "Speed",
    strength: "Strength", refiner: "Refiner", seed: "Seed", loras: "LoRAs", model: "Model", backend: "Made by", price: "Price", time: "Time taken",
  },
  price: ({ price, pictures }) => (price === null ? " · price unknown" : pictures > 1 ? ` · ${pictures} for ${price}` : ` · ${price}`),
  visit: (dollars, count) => `This visit: $${dollars.toFixed(dollars < 0.1 ? 4 : 2).replace(/(\.\d\d)0+$/, "$1")}, ${count} ${count === 1 ? "picture" : "pictures"}`,
  copyOf: (what) => `Copy ${what.toLowerCase()}`,
  seconds: (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`),
  done: "Done",
  waiting: {
    tell: "Tell me when it is done",
    title: (title, ready, underWay) => {
      const parts = [ready && `${ready} ready`, underWay && `${underWay} being made`].filter(Boolean);
      return parts.length ? `(${parts.join(", ")}) ${title}` : title;
    },
  },
  comparison: {
    title: "With and without",
    open: "Compare",
    with: "With LoRA",
    without: "Without",
    cut: (name) => `How much is shown of: ${name}`,
    seed: (row) => `Same words, same seed ${row.seed}. ${row.loras.map(({ path, scale }) => `${clip(path, 80)} at ${scale}`).join(", ")}.`,
    told: (share) => {
      if (share === 0) return "The two are the same to the pixel: here the LoRA does nothing.";
      if (share < 0.02) return "The two hardly differ: here the LoRA does next to nothing.";
      return words.comparison.differ(share);
    },
    differ: (share) => (share ? `They differ in ${Math.max(1, Math.round(100 * share))} % of the picture.` : "The two are the same to the pixel."),
  },
  grid: "Compare values",
  gridOpen: "Show as a grid",
  styles: {
    section: "Styles",
    add: "Choose styles",
    title: "Styles",
    hint: "Each adds words of its own to yours. Several go together.",
    notLoaded: "The styles could not be loaded. Close this and try again.",
    chosen: "Chosen styles",
    remove: (title) => `Remove style: ${title}`,
    clear: "Clear all",
    what: "What they add",
    added: (styles) => {
      const halves = (name) => styles.map((style) => style[name].replace(/^\{prompt\}, /, "")).join(", ");
      return `To the prompt: ${halves("prompt")}\nTo the negative prompt: ${halves("negative_prompt")}`;
    },
  },
  lora: {
    check: "Check",
    checking: "Checking…",
    checkOf: (number) => `Check LoRA ${number}`,
    fit: { fits: "Fits", cannot_tell: "Cannot tell", will_not_fit: "Will not fit" },
    words: "Trigger words:",
    wordsOf: (number) => `Trigger words of LoRA ${number}`,
    moved: (paths) => `Moved from the prompt into a LoRA row: ${paths.map((path) => clip(path, 60)).join(", ")}.`,
    leftover: (left) => `Still in the prompt: ${left.join(", ")}.`,
    takeOut: (count) => (count === 1 ? "Take it out" : "Take them out"),
    keep: (count) => (count === 1 ? "Keep it" : "Keep them"),
  },
};
