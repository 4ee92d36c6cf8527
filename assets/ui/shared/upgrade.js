/** Upgrade of the app while a tab is open: the tab's scripts and the server then misunderstand each other. */
import { address } from "./dom.js";

const VERSION = /\/assets\/([0-9a-f]{12})\//;
const own = VERSION.exec(import.meta.url)?.[1];
let asking = null;

/** Asks the server for its version; where it is another one, the page says so: see shell/not_loaded.js. */
export const checkVersion = () => (asking ??= ask().finally(() => (asking = null)));

async function ask() {
  const answer = await fetch(address("playground/version"), { cache: "no-store" }).catch(() => null);
  const served = answer?.ok && (await answer.text());
  if (/^[0-9a-f]{12}$/.test(served) && served !== own) dispatchEvent(new Event("playground:outdated"));
}
