/** Photo from the camera: by the phone's own app, or in a small dialog. Fetched when first used. */
import { button, make } from "../shared/dom.js";
import { text } from "../shared/texts.js";

/** Takes a photo. Rejects where no camera may be used. @returns {Promise<?Blob>} null when it was cancelled */
export const takePhoto = () => (matchMedia("(pointer: coarse)").matches ? byPhone() : byDialog());

function byPhone() {
  const file = make("input", { type: "file", accept: "image/*", capture: "environment" });
  return new Promise((resolve) => {
    file.onchange = () => resolve(file.files[0] ?? null);
    file.oncancel = () => resolve(null);
    file.click();
  });
}

async function byDialog() {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1920 } } });
  const video = make("video", { autoplay: true, muted: true, playsInline: true, srcObject: stream });
  const dialog = make("dialog", { className: "camera", "aria-label": text("source_image.camera_title") }, video);
  let photo = null;
  const take = button(text("source_image.camera_take"), async () => {
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    canvas.getContext("2d").drawImage(video, 0, 0);
    photo = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.95 });
    dialog.close();
  });
  const cancel = button(text("source_image.camera_cancel"), () => dialog.close());
  dialog.append(make("div", { className: "row" }, cancel, take));
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.onclose = () => {
      // The camera, and its light, would else stay on.
      stream.getTracks().forEach((track) => track.stop());
      dialog.remove();
      resolve(photo);
    };
  });
}
