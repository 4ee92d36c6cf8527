/** Touch scrolling over sliders: a slider that a scrolling finger moved gets its value back. */
let touched = null;

const isSlider = (node) => node instanceof HTMLInputElement && node.type === "range";

function remember(event) {
  const slider = event.target;
  touched = event.pointerType === "touch" && isSlider(slider) ? { slider, value: slider.value } : null;
}

function revert() {
  if (!touched) return;
  touched.slider.value = touched.value;
  // Gradio reads a slider from its input event.
  touched.slider.dispatchEvent(new Event("input", { bubbles: true }));
  touched = null;
}

/** Watches all sliders, those of rows shown later too. A browser cancels a touch that it takes for a scroll. */
export function watchSliders() {
  addEventListener("pointerdown", remember, true);
  addEventListener("pointercancel", revert, true);
}
