/** A finger that scrolls the page across a slider must not move it: the value goes back when the scroll begins. */
let touched = null;

const isSlider = (node) => node instanceof HTMLInputElement && node.type === "range";

function remember(event) {
  const slider = event.target;
  touched = event.pointerType === "touch" && isSlider(slider) ? { slider, value: slider.value } : null;
}

function putBack() {
  if (!touched) return;
  touched.slider.value = touched.value;
  touched.slider.dispatchEvent(new Event("input", { bubbles: true }));
  touched = null;
}

/** Watches all sliders, those of rows shown later too. The browser cancels a touch that it takes for a scroll. */
export function steadySliders() {
  addEventListener("pointerdown", remember, true);
  addEventListener("pointercancel", putBack, true);
}
