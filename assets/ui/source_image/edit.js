/** Editing of a made picture. */
import { useResult } from "./panel.js";

/** @param {object} row @param {object} picture one of its pictures */
export const edit = (row, picture) => useResult(row, row.pictures.indexOf(picture));
