/** Ticket of a press: values of controls that are not Gradio components. The panels in components/ui read them. */
const fields = new Map();
let ownPrompt = () => undefined;

/** Adds a field whose value is read when Generate is pressed.
 * @param {string} name under which the press handler in components/ui/page.py finds the value
 * @param {() => (object | Promise<object>)} value a rejection stops the press; a MessageError is shown */
export const addTicketField = (name, value) => fields.set(name, value);

/** Sets the prompt that is sent in place of the form's, without its styles.
 * @param {() => ?string} prompt undefined while the form's is sent */
export const setOwnPrompt = (prompt) => (ownPrompt = prompt);

/** Values of the form as a press sends them. @param {Object<string, any>} form @returns {Object<string, any>} */
export const sentFields = (form) => ({ ...form, ...inPlaceOfPrompt() });

function inPlaceOfPrompt() {
  const prompt = ownPrompt();
  return prompt === undefined ? {} : { prompt, styles: [] };
}

/** Reads all fields. @param {(message: object) => void} say shows the message of a failed field
 * @returns {Promise<object>} */
export async function collectTicket(say) {
  const ticket = {};
  for (const [name, value] of fields) {
    try {
      ticket[name] = await value();
    } catch (error) {
      if (error.shown) say(error.shown);
      throw error;
    }
  }
  return "styles" in inPlaceOfPrompt() ? { ...ticket, styles: [] } : ticket;
}
