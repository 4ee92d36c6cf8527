/** Labels of the gallery and its tiles. */
import { inFull, partOf } from "../shared/messages.js";
import { clip, named } from "../shared/words.js";

const TROUBLE = { failed: "Failed", unknown: "Not sure", stopped: "Stopped" };

/** Progress of an unfinished job. @param {object} row @param {number} now unix seconds @returns {string} */
function progress(row, now) {
  if (row.state === "waiting") return unsent(row, now);
  if (row.state === "created") return queuePosition(row) || inFull(row.stage) || "In line";
  const seconds = Math.max(0, Math.round(now - (row.started ?? row.accepted ?? row.created)));
  if (row.stage) return `${inFull(row.stage)} (${seconds} s)`;
  const step = row.steps && row.step != null ? `, step ${row.step} of ${row.steps}` : "";
  return `Being made, ${seconds} s${step}${timeLeft(row, now)}`;
}

/** Time left, from how long tasks like it took. */
function timeLeft({ usual, accepted }, now) {
  if (usual == null || !accepted) return "";
  const seconds = Math.round(accepted + usual - now);
  return seconds > 0 ? `, about ${seconds} s left` : ", any moment now";
}

function unsent(row, now) {
  const left = Math.ceil(row.next_send - now);
  if (row.next_send) return `${partOf(row.message, "happened")} Sending ${left > 0 ? `in ${left} s` : "now"}`.trim();
  return queuePosition(row) || "Waiting to be sent";
}

const queuePosition = ({ position }) => (position > 0 ? `In line, ${position} before it` : "");

export const words = {
  again: "Try again",
  atService: (number) => `Picture ${number ? `${number} ` : ""}at the service`,
  cancel: "Take back",
  cancelling: "Taking back…",
  compare: "Compare",
  details: "Details",
  dismiss: "Dismiss",
  failed: (row) => `${TROUBLE[row.state]}: ${clip(row.prompt, 80)}`,
  favourite: (row) => `Favourite: ${named(row)}`,
  favouriteHint: "Favourite",
  grid: "Show as a grid",
  history: "All your pictures",
  notify: "Tell me when it is done",
  older: "Show older pictures",
  open: (row, number) => `Open: ${named(row)}${number ? ` (picture ${number})` : ""}`,
  paused: "Not followed now",
  progress,
  ready: (row) => `Picture ready: ${clip(row.prompt, 80)}`,
  recheck: "Look again",
  rechecking: "Looking…",
  results: "Results",
  seed: (row) => (row.seed == null ? "" : `Seed ${row.seed}`),
  sensitive: "Marked as sensitive. Show",
  stop: "Stop",
  stopping: "Stopping…",
  tabTitle: (title, ready, unfinished) => {
    const parts = [ready && `${ready} ready`, unfinished && `${unfinished} being made`].filter(Boolean);
    return parts.length ? `(${parts.join(", ")}) ${title}` : title;
  },
  trouble: (row) => TROUBLE[row.state] ?? row.state,
};
