/** Ways for an image into the source image panel: file dialog, camera, drop, paste. */
import { button, make } from "../shared/dom.js";
import { text } from "../shared/texts.js";

/** Creates the file input and the camera button.
 * @param {(file: ?Blob) => void} take @param {() => void} onNoCamera @returns {HTMLElement} */
export function invitation(take, onNoCamera) {
  const accept = "image/png,image/jpeg,image/webp";
  const input = make("input", { type: "file", accept, "aria-label": text("source_image.file") });
  input.onchange = () => {
    take(input.files[0]);
    input.value = ""; // so that the same file can be chosen again
  };
  const choose = make("label", { className: "choose" }, make("span", {}, text("source_image.section")), input);
  const camera = button(text("source_image.camera"), () => photograph(take, onNoCamera), { className: "camera" });
  return make("div", { className: "invite" }, choose, camera, make("p", { className: "quiet" }, text("source_image.other_ways")));
}

async function photograph(take, onNoCamera) {
  const { takePhoto } = await import("./camera.js");
  try {
    take(await takePhoto());
  } catch {
    onNoCamera();
  }
}

/** Takes images that are dropped on the page or pasted, except while a dialog is open.
 * @param {(file: Blob) => void} take */
export function watchPage(take) {
  // Without preventDefault here a browser sends no drop, and opens the file in place of the page.
  addEventListener("dragover", (event) => hasFile(event.dataTransfer) && !isInDialog() && event.preventDefault());
  addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length || isInDialog()) return;
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  });
  addEventListener("paste", (event) => {
    const { files: [file] = [], types = [] } = event.clipboardData ?? {};
    const isText = types.includes("text/plain"); // of a text program: it offers an image of its text too
    if (!file?.type.startsWith("image/") || isText || isInDialog()) return;
    event.preventDefault();
    take(file);
  });
}

const hasFile = (transfer) => [...(transfer?.items ?? [])].some(({ kind }) => kind === "file");
const isInDialog = () => document.querySelector("dialog[open]");
