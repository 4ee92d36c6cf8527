/** Dialog of two images under a slider. Fetched when first opened. */
import { closeButton } from "../shared/close_button.js";
import { address, make, setText } from "../shared/dom.js";
import { closeOnBack } from "../shared/layers.js";
import { loadStyle } from "../shared/stylesheet.js";
import { text } from "../shared/texts.js";

const SAMPLE = 128; // px a side: enough to estimate how much two images differ
const VISIBLE = 12; // of 255: a smaller difference of a channel is hardly visible

/** @typedef {{picture: object, name: string}} Side an image and its name in this comparison */

/** Opens the dialog; resolves when it is closed. An image of another shape is shown whole in the frame of the left one.
 * @param {Side} one on the left @param {Side} other on the right
 * @param {{title: string, hint?: string, summary?: (share: number) => string}} texts */
export async function open(one, other, { title, hint = "", summary = difference }) {
  await loadStyle(new URL("./dialog.css", import.meta.url).href);
  const [left, right] = [one, other].map(({ picture }) => make("img", { alt: "", src: address(picture.src) }));
  const status = make("p", { role: "status", hidden: true });
  const close = closeButton(() => node.close());
  const node = make("dialog", { className: "compare", "aria-label": title },
    make("header", {}, make("h2", {}, title), make("p", { dir: "auto", hidden: !hint }, hint), status, close),
    make("div", { className: "stage" }, sheet(left, right, one.name, other.name)));
  const { width, height } = one.picture;
  node.style.setProperty("--shape", width / height);
  node.addEventListener("click", (event) => event.target === node && node.close());
  document.body.append(node);
  node.showModal();
  closeOnBack(node);
  // The slider, so that the arrow keys move it.
  node.querySelector("input").focus();
  const hasSameSize = width === other.picture.width && height === other.picture.height;
  if (hasSameSize) differing(left, right).then((share) => setText(status, summary(share)), () => setText(status, ""));
  return new Promise((resolve) => node.addEventListener("close", () => resolve(node.remove())));
}

function sheet(left, right, nameLeft, nameRight) {
  const cut = make("input", { type: "range", min: 0, max: 100, step: 1, value: 50, "aria-label": text("compare.cut", { name: nameLeft }) });
  const show = () => node.style.setProperty("--cut", `${cut.value}%`);
  cut.oninput = show;
  right.className = "right";
  const node = make("div", { className: "sheet" }, left, right,
    make("span", { className: "name left", dir: "auto" }, nameLeft),
    make("span", { className: "name right", dir: "auto" }, nameRight),
    make("div", { className: "edge" }), cut);
  show();
  return node;
}

/** Says how much two images differ. @param {number} share 0 to 1 @returns {string} */
export const difference = (share) => (share
  ? text("compare.differ", { percent: Math.max(1, Math.round(100 * share)) }) : text("compare.same"));

/** Share of two images that visibly differs. @param {HTMLImageElement} one @param {HTMLImageElement} other
 * @returns {Promise<number>} 0 to 1; 0 only where not one pixel differs */
async function differing(one, other) {
  await Promise.all([one.decode(), other.decode()]);
  const share = shareOf(pixels(one, SAMPLE, SAMPLE), pixels(other, SAMPLE, SAMPLE), VISIBLE);
  if (share) return share;
  const { naturalWidth: width, naturalHeight: height } = one;
  return shareOf(pixels(one, width, height), pixels(other, width, height), 1);
}

function pixels(image, width, height) {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0, width, height);
  return context.getImageData(0, 0, width, height).data;
}

/** Share of pixels of which a channel differs by `least` or more. */
function shareOf(one, other, least) {
  const differs = (at) => Math.abs(one[at] - other[at]) >= least;
  let count = 0;
  for (let at = 0; at < one.length; at += 4) if (differs(at) || differs(at + 1) || differs(at + 2)) count++;
  return count / (one.length / 4);
}
