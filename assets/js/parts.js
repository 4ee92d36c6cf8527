/**
 * What controls that are no components of Gradio's add to a press: each part names itself and gives its value when
 * Generate is pressed. The ticket carries the values, and the panels in components/ui read them.
 */
const parts = new Map();

/** @param {string} name under which the page's handler finds the value @param {() => (object | Promise<object>)} value
 *   a rejection whose error has a `told` (a message) stops the press, and the message is said */
export const addPart = (name, value) => parts.set(name, value);

/** Collects the values of all parts. @param {{say: (message: object) => void}} gallery @returns {Promise<object>} */
export async function collect(gallery) {
  const found = {};
  for (const [name, value] of parts) {
    try {
      found[name] = await value();
    } catch (error) {
      if (error.told) gallery.say(error.told);
      throw error;
    }
  }
  return found;
}
