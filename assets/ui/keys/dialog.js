/** Dialog that lists all keys. Fetched when first opened. */
import { openDialog } from "../shared/dialog.js";
import { make } from "../shared/dom.js";
import { text } from "../shared/texts.js";

const IS_MAC = /mac|iphone|ipad/i.test(navigator.userAgentData?.platform ?? navigator.platform);
const MAC_SIGNS = { control: "⌘", option: "⌥", shift: "⇧" };
const NAMES = { control: "keys.control", option: "keys.alt", shift: "keys.shift", enter: "keys.enter", escape: "keys.escape" };

/** Keys that are pressed together, one such group for each of several choices, and what they do. */
const LIST = [
  { keys: [["control", "enter"]], does: "page.generate" },
  { keys: [["option", "↑"], ["option", "↓"]], does: "keys.former" },
  { keys: [["control", "↑"], ["control", "↓"]], does: "keys.weight", isWeight: true },
  { keys: [["←"], ["→"]], does: "keys.turn" },
  { keys: [["["], ["]"]], does: "keys.brush" },
  { keys: [["control", "Z"], ["control", "shift", "Z"]], does: "keys.undo" },
  { keys: [["escape"]], does: "keys.close" },
  { keys: [["?"]], does: "keys.list" },
];

/** Opens the dialog; resolves when it is closed. @param {boolean} readsWeights whether the model reads weights */
export function openKeys(readsWeights) {
  const rows = LIST.filter(({ isWeight }) => readsWeights || !isWeight).map(({ keys, does }) =>
    make("div", {}, make("dt", {}, ...between(keys.map(combination), " / ")), make("dd", {}, text(does))));
  return openDialog({
    title: text("keys.title"), className: "keys", style: new URL("./dialog.css", import.meta.url),
    content: [make("dl", {}, ...rows)],
  });
}

const combination = (keys) => make("span", { dir: "ltr" }, ...between(keys.map((key) => make("kbd", {}, nameOf(key))), " + "));

const nameOf = (key) => (IS_MAC && MAC_SIGNS[key]) || (NAMES[key] ? text(NAMES[key]) : key);

const between = (nodes, sign) => nodes.flatMap((node, place) => (place ? [sign, node] : [node]));
