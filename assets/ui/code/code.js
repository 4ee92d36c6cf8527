/** Code of the request that the form would send, or of an opened image. Fetched when first needed. */
import { formValues } from "../form/values.js";
import { sentFields } from "../press/ticket.js";
import { address, button, oneAtATime } from "../shared/dom.js";
import { clearFields, showFieldErrors } from "../shared/field_notes.js";
import { sessionKey } from "../shared/session_key.js";
import { text } from "../shared/texts.js";
import { promptStrength, sourceImageState } from "../source_image/panel.js";

/**
 * @typedef {import("../shared/messages.js").Message} Message
 * @typedef {object} Code the server's answer
 * @property {Object<string, string>} [samples] by language @property {?Message} service note about the API
 * @property {?Message} page note about this page's own endpoint @property {?Message} several note about several images
 * @property {{field: string, message: Message}} [refused] why the values make no request
 */

/** Hook: shows the code of the form, or at a field why there is none. */
export const show_code = oneAtATime(async () => {
  clearFields();
  const code = await request({ ...sentFields(formValues()), ...sourceImageState(), prompt_strength: promptStrength() });
  if (code?.refused && showFieldErrors([code.refused])) return;
  await openDialog(code);
});

/** Button for an opened image. @param {object} settings @param {{received: ?string}} picture
 * @returns {HTMLElement} */
export function codeButton(settings, { received }) {
  const { strength } = settings;
  const source = { has_picture: strength != null, has_mask: Boolean(received), prompt_strength: strength };
  return button(text("code.show"), oneAtATime(async () => openDialog(await request({ ...settings, ...source }))));
}

/** @returns {Promise<?Code>} null without an answer */
const request = (values) =>
  document.getElementById("code").server.code({ ...values, key: sessionKey(), page: address("") }).catch(() => null);

const openDialog = async (code) => (await import("./dialog.js")).open(code);
