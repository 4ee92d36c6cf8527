/** Sentence about a part of the page that did not load: without it the page would be half there and silent.
 *
 * The scripts of Gradio's components send the event, see shared/gradio_mount.js. Runs before all modules.
 */
{
  const box = document.getElementById("not-loaded");
  const show = () => (box.hidden = false);
  addEventListener("playground:not-loaded", show);
  // A part that is fetched later, see shell/bundle.js, where nobody else says so.
  addEventListener("unhandledrejection", ({ reason }) => reason?.name === "NotLoadedError" && show());
  // While capturing: these events do not bubble.
  addEventListener("error", ({ target }) => target.localName === "script" && target.type === "module" && show(), true);
  box.querySelector("button").addEventListener("click", () => location.reload());
}
