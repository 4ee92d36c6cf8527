/**
 * Layers over the page, such as dialogs and the sheet of settings: the browser's Back closes the one on top.
 *
 * A layer that is opened adds an entry to the tab's history; one that is closed otherwise leaves its entry, which the
 * next layer uses again. Going back over such an entry goes on to the one before: no press of Back is without effect.
 */

const layers = [];
const entryDepth = () => history.state?.layers ?? 0; // layers under the current entry
let depth = entryDepth();

/** Adds a layer. @param {() => void} close closes it @returns {() => void} to be called when it is closed otherwise */
export function openLayer(close) {
  const layer = { close };
  layers.push(layer);
  if (depth < layers.length) {
    depth = layers.length;
    history.pushState({ ...history.state, layers: depth }, "");
  }
  return () => layers.includes(layer) && layers.splice(layers.indexOf(layer), 1);
}

/** Makes Back close a dialog that is shown. @param {HTMLDialogElement} dialog */
export function closeOnBack(dialog) {
  const leave = openLayer(() => dialog.close());
  dialog.addEventListener("close", leave, { once: true });
}

addEventListener("popstate", () => {
  const isBack = entryDepth() < depth;
  depth = entryDepth();
  if (!isBack) return;
  if (layers.length <= depth) history.back(); // the entry of a layer that was closed otherwise
  while (layers.length > depth) layers.pop().close();
});
