/** Labels and short texts that several features share. Messages come from the server: components/messages. */

/** Shortens a text for a label: a screen reader would read all 10,000 characters of a prompt.
 * @param {string} text @param {number} [length] characters @returns {string} one line */
export function clip(text, length = 300) {
  const line = String(text ?? "").replace(/\s+/g, " ").trim();
  return line.length > length ? `${line.slice(0, length)}…` : line;
}

/** Name of an image among others of the same prompt. @param {object} row @returns {string} */
export const named = ({ prompt, seed }) => `${clip(prompt)}${seed == null ? "" : `, seed ${seed}`}`;

export const words = {
  alt: (row, number) => `${row.prompt}${number ? ` (picture ${number})` : ""}`,
  close: "Close",
  copied: "Copied",
  copy: "Copy",
  copyOf: (what) => `Copy ${what.toLowerCase()}`,
  done: "Done",
  notFavoured: "This could not be marked. Try again.",
  putBack: "Outside what you painted the original was put back, to the pixel.",
  task: "Task id",
  withLora: "With LoRA",
  withoutLora: "Without",
};
