/** Sentences that the page must be reloaded: a part of it did not load, or the server has another version by now.
 *
 * Without the first the page would be half there and silent, see shared/gradio_mount.js. Runs before all modules.
 */
{
  const box = document.getElementById("not-loaded");
  const show = (name) => {
    for (const line of box.querySelectorAll("p")) line.hidden = line.className !== name;
    box.hidden = false;
  };
  addEventListener("playground:not-loaded", () => show("missing"));
  addEventListener("playground:outdated", () => show("outdated"));
  // A part that is fetched later, see shell/bundle.js, where nobody else says so.
  addEventListener("unhandledrejection", ({ reason }) => reason?.name === "NotLoadedError" && show("missing"));
  const isModule = ({ localName, type }) => localName === "script" && type === "module";
  // While capturing: these events do not bubble.
  addEventListener("error", ({ target }) => isModule(target) && show("missing"), true);
  box.querySelector("button").addEventListener("click", () => location.reload());
}
