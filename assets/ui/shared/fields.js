/** Table of the fields of a request, components/domain/fields.py: the page holds it as data. */

/** @typedef {object} Field one field of a request
 * @property {string} name in the form, in drafts and in links @property {string} kind @property {string} label
 * @property {boolean} isNumber @property {boolean} isWhole @property {?number} minimum @property {?number} maximum
 * @property {number} step @property {?number} maxLength characters of a text
 * @property {any} usual its default @property {?string} key in the row of an image, null when it is not there
 * @property {boolean} isCompared @property {boolean} inGrid @property {string} gridExample values for the lists of a grid
 * @property {boolean} inLinks
 * @property {boolean} affectsPrice @property {boolean} isOption a further number, of which no script knows more
 * @property {Object<string, string>} aliases other names of its choices, with the choice */

/** Seed that stands for one that the server draws. */
export const RANDOM_SEED = -1;

let table = null;

/** All fields in the order of the table. @returns {Field[]} */
export const fields = () => (table ??= JSON.parse(document.getElementById("fields").textContent));

/** @param {string} name @returns {Field} */
export const fieldOf = (name) => fields().find((field) => field.name === name);

/** Fields of one kind that drafts and links hold. @param {string} kind such as `text` @returns {Field[]} */
export const formFields = (kind) => fields().filter((field) => field.inLinks && field.kind === kind);

/** Numbers that drafts and links hold. @returns {Field[]} */
export const formNumbers = () => fields().filter(({ inLinks, isNumber }) => inLinks && isNumber);
