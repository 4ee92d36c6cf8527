/** The code of what the form would send, or of an opened picture. Fetched when it is first asked for. */
import { address, button, oneAtATime } from "./dom.js";
import { clear, show } from "./fields.js";
import { formValues } from "./form_values.js";
import { ownKey } from "./own_key.js";
import { pictureState, pictureStrength } from "./picture.js";
import { words } from "./code_words.js";

/**
 * @typedef {object} Code what the server answers
 * @property {Object<string, string>} [samples] by language @property {string} service what is to be known of the API
 * @property {string} page what is to be known of this page's own endpoint @property {string} several
 * @property {{field: string, sentence: string}} [refused] why there is no request
 */

/** Shows the code of the form; what keeps it from being a request is said at its field. */
export const show_code = oneAtATime(async () => {
  clear();
  const code = await ask({ ...formValues(), ...pictureState(), prompt_strength: pictureStrength() });
  if (code?.refused && show([code.refused])) return;
  await open(code);
});

/** Builds the button for an opened picture. @param {object} settings @param {{received: ?string}} picture
 * @returns {HTMLElement} */
export function codeButton(settings, { received }) {
  const { strength } = settings;
  const picture = { has_picture: strength != null, has_mask: Boolean(received), prompt_strength: strength };
  return button(words.show, oneAtATime(async () => open(await ask({ ...settings, ...picture }))));
}

/** @returns {Promise<?Code>} */
const ask = (values) =>
  document.getElementById("code").server.code({ ...values, key: ownKey(), page: address("") }).catch(() => null);

const open = async (code) => (await import("./code_dialog.js")).open(code);
