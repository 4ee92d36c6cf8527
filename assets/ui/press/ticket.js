/** Ticket of a press: values of controls that are not Gradio components. The panels in components/ui read them. */
const fields = new Map();

/** Adds a field whose value is read when Generate is pressed.
 * @param {string} name under which the press handler in components/ui/page.py finds the value
 * @param {() => (object | Promise<object>)} value a rejection stops the press; a MessageError is shown */
export const addTicketField = (name, value) => fields.set(name, value);

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
  return ticket;
}
