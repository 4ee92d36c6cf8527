/** Signing in with Hugging Face and out: both leave the page and come back to it. Hooks of components/ui/panels/sign_in.py. */
import { address } from "../shared/dom.js";

/** Hook: signs in. */
export const sign_in = () => leaveFor("login/huggingface");

/** Hook: signs out. */
export const sign_out = () => leaveFor("logout");

const leaveFor = (path) => location.assign(address(`${path}?_target_url=/${location.search}`));
