/** Pairs of one press: the same settings with LoRAs and without. */

/** The other side of a pair. @param {object} row @param {object[]} rows @returns {object | undefined} */
export const partner = (row, rows) =>
  rows.find(({ click, seed, loras }) =>
    click === row.click && seed != null && seed === row.seed && Boolean(loras.length) !== Boolean(row.loras.length));

/** Whether a row has an image that may be shown: one marked as sensitive is not uncovered by a comparison.
 * @param {object} row @returns {boolean} */
export const canCompare = ({ state, pictures }) => state === "completed" && pictures.length > 0 && !pictures[0].nsfw;
