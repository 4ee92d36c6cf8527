/** What is done with selected images: downloaded as one file, deleted, put back, deleted for good. */
import { confirmButton } from "../shared/confirm_button.js";
import { address, button, make } from "../shared/dom.js";
import { isRecipeLeftOut } from "../shared/keep.js";
import { text } from "../shared/texts.js";

const STATUS_MS = 4000; // for which "is being put together" stays once the download has begun

/** @param {import("./selection.js").Selection} selection
 * @param {(jobs: string[], isClean: boolean) => Promise<?string>} pack */
export const packPart = (selection, pack) => ({
  node: button(text("history.pack"), async () => {
    selection.say(text("history.packing"));
    const path = await pack(selection.chosen(), isRecipeLeftOut()).catch(() => null);
    if (!path) return selection.say(text("history.not_packed"));
    // A link and not fetch: the browser writes the file while it comes, up to 500 images, and shows the progress.
    make("a", { href: address(path), download: "" }).click();
    setTimeout(() => selection.say(""), STATUS_MS);
  }),
});

/** @param {import("./selection.js").Selection} selection @param {(jobs: string[]) => Promise<string[]>} remove */
export const removePart = (selection, remove) => part(selection, text("shared.remove"), remove, notRemoved);

/** @param {import("./selection.js").Selection} selection @param {(jobs: string[]) => Promise<string[]>} restore */
export const restorePart = (selection, restore) =>
  part(selection, text("history.restore"), restore, (count) => text("history.not_restored", { count }));

/** @param {import("./selection.js").Selection} selection
 * @param {(jobs: string[]) => Promise<string[]>} removeForGood */
export function removeForGoodPart(selection, removeForGood) {
  const warn = () => selection.say(warning(selection.chosen().length));
  const named = { first: text("shared.remove_for_good"), second: text("history.remove_now") };
  return confirmButton(warn, () => run(selection, removeForGood, notRemoved), named);
}

function part(selection, label, act, failed) {
  const node = button(label, () => {
    node.disabled = true; // a second click means nothing; the selection enables it again
    return run(selection, act, failed);
  });
  return { node };
}

async function run(selection, act, failed) {
  const chosen = selection.chosen();
  const done = await act(chosen).catch(() => []);
  selection.refresh();
  const count = chosen.length - done.length;
  selection.say(count ? failed(count) : "");
}

const notRemoved = (count) => text("history.not_removed", { count });

const warning = (count) =>
  (count === 1 ? text("history.removing") : text("history.removing_several", { count }));
