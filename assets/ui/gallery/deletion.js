/** Deletion of jobs, and what undoes it. `page` is the Page of main.js. */
import { text } from "../shared/texts.js";
import { refresh } from "./job_actions.js";

/** Deletes jobs, which can be put back. @param {object} page @param {string[]} jobs
 * @returns {Promise<string[]>} those that are deleted */
export async function remove({ host, visitor, gallery, feed }, jobs) {
  const answer = await host.server.delete({ visitor, jobs });
  const deleted = answer?.deleted ?? [];
  for (const id of deleted) gallery.drop(id);
  if (deleted.length) feed.wake(); // the other tabs follow at once
  dispatchEvent(new CustomEvent("playground:deleted", { detail: deleted }));
  return deleted;
}

/** Puts deleted jobs back where they were. @param {object} page @param {string[]} jobs
 * @returns {Promise<string[]>} those that are back */
export async function undelete(page, jobs) {
  const answer = await page.host.server.undelete({ visitor: page.visitor, jobs }).catch(() => null);
  const back = (answer?.rows ?? []).map(({ id }) => id);
  for (const id of back) page.goneIds.delete(id);
  if (back.length) await refresh(page);
  return back;
}

/** Deletes jobs and says so, with what undoes it. @param {object} page @param {object[]} rows
 * @returns {Promise<boolean>} whether all are deleted */
export async function removeAndSay(page, rows) {
  const deleted = await remove(page, rows.map(({ id }) => id));
  const undo = async () => {
    const back = await undelete(page, deleted);
    page.gallery.sayBriefly(text(back.length ? "shared.restored" : "shared.not_restored"));
  };
  if (deleted.length) page.gallery.say(removed(rows), { label: text("form.undo"), run: undo });
  return deleted.length === rows.length;
}

/** What is said of deleted jobs. @param {object[]} rows @returns {string} */
export function removed(rows) {
  const count = rows.reduce((sum, { pictures }) => sum + Math.max(1, pictures.length), 0);
  return count > 1 ? text("history.removed", { count }) : text("shared.deleted");
}
