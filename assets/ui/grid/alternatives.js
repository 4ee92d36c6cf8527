/** Alternatives in the prompt, as in `a {red|blue} fox`: a note that offers a picture for each, with their price. */
import { pricedForm } from "../form/price.js";
import { pressWith } from "../press/guard.js";
import { noteBelow, onceSettled } from "../shared/prompt_note.js";
import { typedTexts } from "../prompt/texts.js";
import { getVisitor } from "../shared/browser_id.js";
import { button } from "../shared/dom.js";
import { onFormChange } from "../shared/form_changes.js";
import { inFull } from "../shared/messages.js";
import { sessionKey } from "../shared/session_key.js";
import { text } from "../shared/texts.js";
import { plan, planText } from "./plan.js";

const HELP = "help-prompt-keys"; // what stands last below the box
const GROUP = /\{[^{}]*\}/g;
const SETTLED_MS = 400; // after a change of what the price depends on

let latest = 0; // number of the latest request: earlier answers are dropped
let shown = ""; // what the note was planned for

const updateSoon = onceSettled(update);
onFormChange(() => hasAlternatives(typedTexts().prompt) && update(), SETTLED_MS);

/** Hook: the prompt may have changed. */
export function changed() {
  latest += 1;
  if (noteBelow(HELP, "prompt-alternatives")?.firstChild) show([]); // its button means another text
  updateSoon();
}

const hasAlternatives = (prompt) => (prompt.match(GROUP) ?? []).some((group) => group.includes("|"));

async function update() {
  const turn = ++latest;
  const { prompt } = typedTexts();
  if (!hasAlternatives(prompt)) return show([]);
  const grid = [{ field: "alternatives", values: prompt }];
  const { id: visitor } = await getVisitor();
  const values = { visitor, key: sessionKey(), ...pricedForm(), axes: grid };
  const answer = await plan(values).catch(() => null);
  if (turn !== latest) return;
  show(answer?.refused ? [inFull(answer.refused)] : offer(grid, answer), JSON.stringify([prompt, answer]));
}

function offer(grid, answer) {
  if (!answer?.count) return [];
  const { count: pictures, columns } = answer;
  const press = button(text("prompt.each"), () => pressWith({ grid, pictures, columns: columns ?? pictures }));
  return [press, " · ", planText(answer)];
}

function show(parts, planned = "") {
  const note = noteBelow(HELP, "prompt-alternatives");
  if (!note || (planned && planned === shown && note.firstChild)) return;
  shown = planned;
  note.replaceChildren(...parts);
}
