/**
 * The number boxes of Gradio's sliders (6.31). Gradio's own box is an input of numbers: it takes no comma, makes 0 of an
 * empty one and of words, and its value moves under the wheel. It stays hidden, as the place where Gradio and the other
 * scripts read and write the value; a text box stands in for it.
 */
import { attach } from "../shared/attached.js";
import { elementId, make, numberInput } from "../shared/dom.js";
import { RANDOM_SEED } from "../shared/fields.js";
import { showControl } from "../shared/folds.js";
import { forgive } from "../shared/number_box.js";
import { text } from "../shared/texts.js";

const SEED = elementId("seed");

/** Replaces all number boxes, those of rows that are shown later too. */
export function watchNumbers() {
  const replaceAll = () => [...document.querySelectorAll("#form input[data-testid=number-input]")].filter(isNew).forEach(replace);
  replaceAll();
  new MutationObserver(replaceAll).observe(document.querySelector("#form"), { childList: true, subtree: true });
}

const isNew = ({ dataset }) => !("replaced" in dataset);

/** @param {HTMLInputElement} native Gradio's */
function replace(native) {
  const block = native.closest(".block");
  const isSeed = block.id === SEED;
  native.dataset.replaced = "";
  native.style.display = "none";
  native.removeAttribute("aria-label");
  const name = block.querySelector("[data-testid=block-info]")?.textContent.trim() ?? "";
  const box = make("input", { className: native.className, "aria-label": text("slider.number", { name }) });
  if (isSeed) box.placeholder = text("number.random");
  const { note, show } = forgive(box, {
    range: () => ({ min: Number(native.min), max: Number(native.max), step: Number(native.step) || 1 }),
    usual: () => (isSeed ? RANDOM_SEED : usualOf(block.id)) ?? Number(native.value),
    value: () => Number(native.value),
    take: (value) => write(native, value),
    shown: (value) => (isSeed && value === RANDOM_SEED ? "" : String(value)),
  });
  native.before(box); // the first input of its field: where a message at it moves the focus
  native.closest(".head").append(note);
  follow(native, () => {
    show();
    if (isSeed) showLock(Number(native.value));
  });
}

/** Default of a slider, as the server made the page. */
const usualOf = (id) =>
  window.gradio_config?.components?.find(({ props }) => props?.elem_id === id)?.props.value;

function write(native, value) {
  native.value = value;
  native.dispatchEvent(new Event("input", { bubbles: true })); // Gradio reads its box from this event
}

/** Calls a function whenever a script sets the value of an input: no event tells that. */
function follow(input, then) {
  const { get, set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
  Object.defineProperty(input, "value", {
    configurable: true,
    get() {
      return get.call(this);
    },
    set(value) {
      set.call(this, value);
      then();
    },
  });
  then();
}

/** A seed that is not drawn is seen at the prompt: with it the same settings make the same picture. */
function showLock(seed) {
  if (seed === RANDOM_SEED) return attach("seed", []);
  attach("seed", [{
    label: text("number.seed", { seed: String(seed) }), removeLabel: text("number.unlock"), remove: unlockSeed,
    open: () => showControl(document.querySelector(`#${SEED} .number-box`)),
  }]);
}

/** Makes the seed random. */
export function unlockSeed() {
  const native = numberInput("seed");
  if (native) write(native, RANDOM_SEED);
}
