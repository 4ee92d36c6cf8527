/** Head of a bundle: the modules of the page that have run, by their path below assets/ui, with what they export.
 *
 * components/ui/bundle puts the modules behind it, each in a block of its own, where no other name begins with `$`. A
 * module that stands in another file is fetched with that file, whose modules join the same table: each runs once.
 */
export const $modules = {};
/** Address of a file below assets/ui. @param {string} name @returns {string} */
export const $at = (name) => new URL(name, new URL("UP_TO_UI", import.meta.url)).href;
/** Files of the modules that are in a later one of another name. */
const $files = FILES_OF;
let $end;
/** Resolved at the end of the first file. WebKit (2.50) lets an import of it through while it still waits for the texts,
 * so that its modules would be looked for before they have run. */
const $ended = new Promise((resolve) => ($end = resolve));
/** Module by its path, fetched where it has not run yet. @param {string} name @returns {Promise<object>} */
export async function $load(name) {
  await $ended;
  if (!$modules[name]) {
    await import($at($files[name] ?? name)).catch((cause) => {
      throw Object.assign(new Error(name, { cause }), { name: "NotLoadedError" });
    });
  }
  return $modules[name];
}
