/** What a tile says of an unfinished job, and what is announced of an ended one. */
import { captionOf, clip } from "../shared/labels.js";
import { inFull, partOf } from "../shared/messages.js";
import { text } from "../shared/texts.js";

/** Progress of an unfinished job. @param {object} row @param {number} now unix seconds @returns {string} */
export function progress(row, now) {
  if (row.state === "waiting") return unsent(row, now);
  if (row.state === "created") return queuePosition(row) || inFull(row.stage) || text("gallery.in_line");
  const seconds = Math.max(0, Math.round(now - (row.started ?? row.accepted ?? row.created)));
  if (row.stage) return text("gallery.stage", { stage: inFull(row.stage), seconds });
  const hasStep = row.steps && row.step != null;
  const left = secondsLeft(row, now);
  const known = [hasStep && "step", left !== null && (left > 0 ? "left" : "soon")].filter(Boolean).join("_");
  return text(`gallery.making.${known || "alone"}`, { seconds, step: row.step, steps: row.steps, left });
}

/** Time left, from how long tasks like it took; null where that is unknown. */
const secondsLeft = ({ usual, accepted }, now) =>
  (usual == null || !accepted ? null : Math.round(accepted + usual - now));

function unsent(row, now) {
  if (!row.next_send) return queuePosition(row) || text("gallery.waiting");
  const count = Math.ceil(row.next_send - now);
  const sending = count > 0 ? text("gallery.sending_in", { count }) : text("gallery.sending_now");
  return [partOf(row.message, "happened"), sending].filter(Boolean).join(" ");
}

const queuePosition = ({ position: count }) => (count > 0 ? text("gallery.in_line_after", { count }) : "");

/** Announcement of a job's end. @param {object} row @returns {string} */
export const endOf = (row) => text(`gallery.ended.${row.state}`, { prompt: clip(captionOf(row), 80) });
