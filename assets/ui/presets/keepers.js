/** Where presets are kept: in this browser, or with the account that is signed in. */
import { appPath } from "../shared/dom.js";
import { store, stored } from "../shared/storage.js";
import { applied, fromAccount, keep, named, storedPresets } from "./list.js";

/** @typedef {import("./list.js").Preset} Preset
 *
 * @typedef {object} Keeper
 * @property {string} user "" for this browser
 * @property {?Preset[]} presets those at first; null where they could not be loaded
 * @property {(change: import("./list.js").Change) => Promise<{presets?: Preset[], problem?: string}>} change */

const MOST_BODY = 240_000; // bytes of a change; components/ui/http/payload_schema.py has the limit of its body
const OFFERED_KEY = `playground-presets-offered ${appPath()}`; // the user who was asked about those of this browser

/** Keeper of a visitor's presets. @param {object} server its functions @returns {Promise<Keeper>} */
export async function keeperFor(server) {
  if (document.getElementById("head").dataset.signedIn === "no") return inBrowser();
  const answer = await server.presets({}).catch(() => undefined);
  if (answer === null) return inBrowser(); // the session is over
  const change = (change) => changeInAccount(server, change);
  return { user: answer?.user || "?", presets: answer ? fromAccount(answer.presets) : null, change };
}

function inBrowser() {
  const change = async (change) => {
    const presets = applied(storedPresets(), change);
    const problem = keep(presets);
    return problem ? { problem } : { presets };
  };
  return { user: "", presets: storedPresets(), change };
}

async function changeInAccount(server, { put, ...names }) {
  const sent = { ...names, put: put.map(({ name, settings }) => ({ name, settings: JSON.stringify(settings) })) };
  if (new Blob([JSON.stringify(sent)]).size > MOST_BODY) return { problem: "too_large" };
  const answer = await server.change_presets(sent).catch(() => null);
  if (!answer) return { problem: "not_saved" };
  return answer.problem ? answer : { presets: fromAccount(answer.presets) };
}

/** Presets of this browser that can be added to an account: those whose names it lacks, until the user was asked.
 * @param {Keeper} keeper @returns {Preset[]} */
export function offered({ user, presets }) {
  if (!user || !presets || stored(OFFERED_KEY) === user) return [];
  return storedPresets().filter(({ name }) => !named(presets, name));
}

/** Keeps in mind that the user was asked. @param {Keeper} keeper */
export const markOffered = ({ user }) => store(OFFERED_KEY, user);
