/** Ways for an image into the source image panel: file dialog, camera, drop, paste. */
import { button, make } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { text } from "../shared/texts.js";
import { dropTarget } from "./drop_target.js";

/** Creates the file input and the camera button.
 * @param {(file: ?Blob) => void} take @param {() => void} onNoCamera @returns {HTMLElement} */
export function invitation(take, onNoCamera) {
  // Without HEIC: a phone then hands its photos over as JPEG. Dropped or pasted it is taken where the browser reads it.
  const accept = ["png", "jpeg", "webp", "avif", "gif", "bmp"].map((kind) => `image/${kind}`).join();
  const input = make("input", { type: "file", accept, "aria-label": text("source_image.file") });
  input.onchange = () => {
    take(input.files[0]);
    input.value = ""; // so that the same file can be chosen again
  };
  const choose = make("label", { className: "choose" }, icon("picture"), make("span", {}, text("source_image.choose")), input);
  const camera = button(text("source_image.camera"), () => photograph(take, onNoCamera), { className: "camera" });
  camera.prepend(icon("camera"));
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
 * @param {{drop: (file: Blob, unused: number) => void, paste: (file: Blob) => void, refuse: () => void}} takers
 *   `unused`: files dropped with it that are not taken; `refuse` is called for a drop without an image */
export function watchPage({ drop, paste, refuse }) {
  const target = dropTarget();
  // Without preventDefault here a browser sends no drop, and opens the file in place of the page.
  addEventListener("dragover", (event) => {
    if (!hasFile(event.dataTransfer) || isInDialog()) return;
    event.preventDefault();
    target.show();
  });
  addEventListener("dragleave", (event) => event.relatedTarget || target.hide()); // null: it left the window
  addEventListener("drop", (event) => {
    target.hide();
    const files = [...(event.dataTransfer?.files ?? [])];
    if (!files.length || isInDialog()) return;
    event.preventDefault();
    const image = files.find(mayBeImage);
    if (image) drop(image, files.length - 1);
    else refuse();
  });
  addEventListener("paste", (event) => {
    const { files: [file] = [], types = [] } = event.clipboardData ?? {};
    const isText = types.includes("text/plain"); // of a text program: it offers an image of its text too
    if (!file?.type.startsWith("image/") || isText || isInDialog()) return;
    event.preventDefault();
    paste(file);
  });
}

// A file whose name says nothing has no type: the server reads what is in it.
const mayBeImage = ({ type }) => !type || type.startsWith("image/");
const hasFile = (transfer) => [...(transfer?.items ?? [])].some(({ kind }) => kind === "file");
const isInDialog = () => document.querySelector("dialog[open]");
