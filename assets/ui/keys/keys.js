/** Keys of the prompts, and the one that lists all keys. What they do is fetched when one is first pressed. */
import { button, oneAtATime } from "../shared/dom.js";
import { text } from "../shared/texts.js";

const PROMPT = "#field-prompt textarea";
const TYPED_IN = ["input", "textarea", "select", "[contenteditable]"].join();
const DIRECTIONS = { ArrowUp: 1, ArrowDown: -1 };

/** Whether the model is known to read weights: components/ui/panels/prompt.py. */
const readsWeights = () => Boolean(document.querySelector("#field-prompt.reads-weights"));

const showKeys = oneAtATime(async () => (await import("./dialog.js")).openKeys(readsWeights()));

/** Listens to the keys, and offers their list. @param {() => object[]} rows of this browser's pictures */
export function watchKeys(rows) {
  addEventListener("keydown", (event) => onKey(event, rows));
  addEventListener("change", ({ target }) => {
    if (target.matches?.(PROMPT)) import("../prompt/former.js").then(({ remember }) => remember(target.value));
  }, true);
  document.getElementById("help-prompt-keys")?.append(button(text("keys.all"), showKeys, { className: "all-keys" }));
}

function onKey(event, rows) {
  const { key, target, altKey, isComposing } = event;
  const withControl = event.ctrlKey || event.metaKey;
  if (isComposing) return;
  if (key === "?" && !withControl && !target.closest?.(TYPED_IN)) return showKeys();
  const direction = DIRECTIONS[key];
  const field = direction && target.closest?.(altKey ? "#field-prompt" : "#field-prompt, #field-negative-prompt");
  if (!field || !target.matches(TYPED_IN) || event.shiftKey || altKey === withControl) return;
  if (altKey) import("../prompt/former.js").then(({ showFormer }) => showFormer(target, direction, rows));
  else if (readsWeights()) import("../prompt/weigh.js").then(({ weigh }) => weigh(target, direction));
  else return;
  event.preventDefault();
}
