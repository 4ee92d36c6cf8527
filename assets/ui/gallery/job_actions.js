/** What a visitor does with jobs, as calls of the server. `page` is the Page of main.js. */
import { address, make } from "../shared/dom.js";
import { isRecipeLeftOut } from "../shared/keep.js";
import { text } from "../shared/texts.js";

/** Reads changes at once. @param {object} page @param {object} [options] of Feed.poll @returns {Promise<boolean>} */
export function refresh({ feed }, options) {
  feed.wake();
  return feed.poll(0, options);
}

/** @param {object} page @param {object} row @returns {Promise<boolean>} whether it was done */
export async function setFavourite(page, row) {
  const { host, visitor, gallery } = page;
  const request = { visitor, job: row.id, favourite: !row.favourite };
  const isDone = (await host.server.set_favourite(request).catch(() => false)) === true;
  if (isDone) await refresh(page);
  else gallery.sayBriefly(text("shared.not_favoured"));
  return isDone;
}

/** Cancels a job that is not sent. @param {object} page @param {object} row */
export async function cancel(page, row) {
  const { host, visitor, gallery } = page;
  const isCancelled = await host.server.cancel({ visitor, job: row.id });
  if (isCancelled === false) gallery.say(host.messages.too_late);
  await refresh(page);
}

/** @param {object} page @param {object} row @returns {Promise<boolean>} whether the request was accepted */
export async function stop(page, row) {
  const isAccepted = await page.host.server.stop({ visitor: page.visitor, job: row.id });
  await refresh(page);
  return isAccepted;
}

/** Saves the images of jobs as one file. @param {object} page @param {object[]} rows */
export async function pack({ host, visitor, gallery }, rows) {
  const jobs = rows.map(({ id }) => id);
  const path = await host.server.pack({ visitor, jobs, clean: isRecipeLeftOut() }).catch(() => null);
  if (!path) return gallery.say(text("history.not_packed"));
  make("a", { href: address(path), download: "" }).click();
}
