/** Signing in with Hugging Face and out: both leave the page and come back to it. Hooks of components/ui/panels/sign_in.py. */
import { address } from "../shared/dom.js";

/** Hook: signs in. */
export const sign_in = () => leaveFor("login/huggingface");

/** Hook: signs out. */
export const sign_out = () => leaveFor("logout");

const leaveFor = (path) => location.assign(address(`${path}?_target_url=/${location.search}`));

const BLOCKED = "#sign-in-blocked"; // where the server leads a browser that comes back without its cookie

/** Shows, after a return without the cookie, that it was blocked; in a frame with a link to a tab of its own, where
 * the cookie is not another site's. @param {HTMLElement} note as in assets/ui/account/panel.html */
export function showBlockedReturn(note) {
  if (location.hash !== BLOCKED) return;
  history.replaceState(history.state, "", location.pathname + location.search);
  const link = note.querySelector("a");
  link.href = address("login/huggingface?_target_url=/");
  link.hidden = window.top === window;
  note.hidden = false;
}
