/** Two pictures of one size under a slider. Fetched when it is first opened. */
import { address, button, make, setText } from "./dom.js";
import { loadStyle } from "./style_sheet.js";
import { words } from "./words.js";

const SAMPLE = 128; // px a side: enough to say how much two pictures differ
const SEEN = 12; // of 255: a smaller difference of a channel is hardly seen
const say = words.comparison;

/** @typedef {{picture: object, name: string}} Side a picture and what it is called here */

/** Opens the dialog; resolves when it is closed. A picture of another shape is shown whole in the frame of the left.
 * @param {Side} one on the left @param {Side} other on the right
 * @param {{title: string, hint?: string, told?: (share: number) => string}} said */
export async function open(one, other, { title, hint = "", told: tell = say.differ }) {
  await loadStyle(new URL("./compare.css", import.meta.url).href);
  const [left, right] = [one, other].map(({ picture }) => image(picture));
  const told = make("p", { role: "status", hidden: true });
  const close = button("×", () => node.close(), { className: "close", "aria-label": words.close });
  const node = make("dialog", { className: "compare", "aria-label": title },
    make("header", {}, make("h2", {}, title), make("p", { dir: "auto", hidden: !hint }, hint), told, close),
    make("div", { className: "stage" }, sheet(left, right, one.name, other.name)));
  const { width, height } = one.picture;
  node.style.setProperty("--shape", width / height);
  node.addEventListener("click", (event) => event.target === node && node.close());
  document.body.append(node);
  node.showModal();
  node.querySelector("input").focus();
  const isAlike = width === other.picture.width && height === other.picture.height;
  if (isAlike) difference(left, right).then((share) => setText(told, tell(share)), () => setText(told, ""));
  return new Promise((closed) => node.addEventListener("close", () => closed(node.remove())));
}

const image = (picture) => make("img", { alt: "", src: address(picture.src) });

function sheet(left, right, nameLeft, nameRight) {
  const cut = make("input", { type: "range", min: 0, max: 100, step: 1, value: 50, "aria-label": say.cut(nameLeft) });
  const show = () => node.style.setProperty("--cut", `${cut.value}%`);
  cut.oninput = show;
  right.className = "right";
  const node = make("div", { className: "sheet" }, left, right,
    make("span", { className: "name left", dir: "auto" }, nameLeft), make("span", { className: "name right", dir: "auto" }, nameRight),
    make("div", { className: "edge" }), cut);
  show();
  return node;
}

/** How much of two pictures differs. @param {HTMLImageElement} one @param {HTMLImageElement} other
 * @returns {Promise<number>} the share of what is seen to differ, 0 to 1; 0 only where not one pixel differs */
async function difference(one, other) {
  await Promise.all([one.decode(), other.decode()]);
  const share = apart(pixels(one, SAMPLE, SAMPLE), pixels(other, SAMPLE, SAMPLE), SEEN);
  if (share) return share;
  const { naturalWidth: width, naturalHeight: height } = one;
  return apart(pixels(one, width, height), pixels(other, width, height), 1);
}

function pixels(picture, width, height) {
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(picture, 0, 0, width, height);
  return pen.getImageData(0, 0, width, height).data;
}

function apart(one, other, least) {
  const differs = (at) => Math.abs(one[at] - other[at]) >= least;
  let count = 0;
  for (let at = 0; at < one.length; at += 4) if (differs(at) || differs(at + 1) || differs(at + 2)) count++;
  return count / (one.length / 4);
}
