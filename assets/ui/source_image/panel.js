/** Panel of the source image, as the rest of the page uses it. */
import { addTicketField, setOwnPrompt } from "../press/ticket.js";
import { EditPanel } from "./edit_panel.js";
import { MODES } from "./modes.js";

/** @type {?EditPanel} */
let panel = null; // Gradio may mount the component again: the panel outlives its element
let onMounted = null;
const mounted = new Promise((resolve) => (onMounted = resolve));

/** Shows the panel in a gr.HTML component. @param {{element: HTMLElement, trigger: Function, messages: object}} host */
export function mount(host) {
  if (!panel) {
    panel = new EditPanel(host);
    addTicketField("picture", () => panel.value());
    setOwnPrompt(() => (panel.original ? MODES[panel.mode].prompt : undefined));
  }
  panel.host = host;
  host.element.replaceChildren(panel.node);
  onMounted();
}

/** Takes up an image again with its mask. @param {import("./stored_picture.js").StoredPicture} [stored] without it that
 * of before a reload */
export const restoreSourceImage = async (stored) => {
  await mounted;
  await panel.restore(stored);
};

/** Starts from a finished image. @param {object} row its job @param {number} index of the image in its job */
export const useResult = (row, index) => panel?.useResult(row, index);

/** Removes the image; the size of the form stays. */
export const clearSourceImage = () => panel?.remove({ keepsSize: true });

/** Whether there is an image, and a mask or the need of one. @returns {{has_picture: boolean, has_mask: boolean}} */
export const sourceImageState = () => {
  const hasPicture = Boolean(panel?.original);
  return { has_picture: hasPicture, has_mask: hasPicture && MODES[panel.mode].hasMask };
};

/** Strength of the change. @returns {number} 0 to 1 */
export const promptStrength = () => panel?.strength ?? MODES.restyle.strength;

/** Turns masks off, or on. @param {string} reason "" turns them on */
export const setMaskOff = (reason) => panel?.setMaskOff(reason);

/** Turns the panel off, or on. @param {string} reason "" turns it on */
export const setSourceImageOff = (reason) => panel?.setOff(reason);
