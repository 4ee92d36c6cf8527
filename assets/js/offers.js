/** What Generate would cost and what is offered, asked while the form changes; nothing is spent by asking. */
import { make, setText } from "./dom.js";
import { inFull } from "./messages.js";
import { ownKey } from "./own_key.js";
import { offered, partOffered, pictureState } from "./picture.js";
import { words } from "./words.js";

const SETTLED = 350; // ms after the last change
const VISIT = "playground-visit";
const ROWS = [1, 2, 3, 4];
const comparison = make("span", { className: "price" });
/** Sections made of Gradio's components, by the part's name: where the reason stands, what is off, and whether it is
 * in use: then it stays open, to be taken out. */
const SECTIONS = {
  loras: ["#loras", ".lora-row, #add-lora, #choose-lora", ({ loras }) => loras > 0],
  refiner: ["#refiner", "#refiner", ({ refine }) => refine !== "no_refiner"],
  sampling: ["#field-num-inference-steps", "#field-guidance-scale, #field-num-inference-steps", () => false],
  preset: ["#field-preset", "#field-preset", ({ preset }) => preset === "fast"],
  negative_prompt: ["#field-negative-prompt", "#field-negative-prompt", ({ has_negative: has }) => has],
};

const box = (label) => document.querySelector(`input[aria-label="number input for ${label}"]`);
const number = (label) => Number(box(label)?.value);
const checked = (selector) => document.querySelector(`${selector} input:checked`)?.value;
const rowIsUsed = (row) => {
  const path = document.querySelector(`#field-lora-${row} textarea, #field-lora-${row} input`);
  const use = document.querySelector(`#field-lora-${row}-on input`);
  return Boolean(path?.offsetParent && path.value.trim() && use?.checked !== false);
};

/** What of the form a price and an offer depend on. */
export function form() {
  return {
    width: number("Width"), height: number("Height"), num_inference_steps: number("Steps"),
    pictures: Number(checked("#field-pictures") ?? 1), loras: ROWS.filter(rowIsUsed).length,
    has_negative: Boolean(document.querySelector("#field-negative-prompt textarea")?.value.trim()),
    refine: checked("#field-refine") ?? "no_refiner", refine_steps: number("Refiner steps") || null,
    high_noise_frac: number("Handover"), preset: checked("#field-preset"),
    ...pictureState(),
  };
}

/** Keeps the price on the button. @param {{visitor: string, estimate: (ask: object) => Promise<?object>}} host
 * @returns {{renew: () => void, visit: (rows: Iterable<object>) => void}} `renew` asks anew, `visit` sums what was spent */
export function watchOffers(host) {
  const price = make("span", { className: "price" });
  const way = make("p", { className: "in-the-way", role: "status", hidden: true });
  const spent = make("p", { className: "spent", hidden: true });
  let asked = "";
  let waiting = 0;
  let latest = 0;

  const place = () => {
    const generate = document.querySelector("#generate");
    if (!generate || price.isConnected) return;
    generate.append(price);
    document.querySelector("#action").before(way);
    document.querySelector("#action").append(spent);
  };

  const show = (answer) => {
    place();
    setText(price, answer && !answer.free ? words.price(answer) : "");
    setText(way, answer?.in_the_way ? inFull(answer.in_the_way) : "");
    const reason = (part) => (answer?.off[part] ? inFull(answer.off[part]) : "");
    if (!answer) return;
    offerComparison(answer);
    offered(reason("picture"));
    partOffered(reason("mask"));
    const values = form();
    for (const [part, places] of Object.entries(SECTIONS)) turnOff(part, places, reason(part), values);
  };

  const ask = async () => {
    const values = { visitor: host.visitor, key: ownKey(), ...form() };
    const question = JSON.stringify(values);
    if (question === asked) return;
    const turn = ++latest;
    const answer = await host.estimate(values).catch(() => undefined);
    if (turn !== latest || answer === undefined) return;
    asked = question;
    show(answer);
  };

  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, SETTLED);
  };
  for (const name of ["input", "change", "click", "playground:form"]) addEventListener(name, soon, true);
  soon();
  const since = visitSince();
  return {
    renew: () => {
      asked = "";
      soon();
    },
    visit: (rows) => {
      const paid = [...rows].filter(({ state, micros, created }) => state === "completed" && micros && created >= since);
      const sum = paid.reduce((total, { micros }) => total + micros, 0);
      setText(spent, sum ? words.visit(sum / 1e6, paid.length) : "");
    },
  };
}

/** When this tab's visit began, unix seconds; the same after a reload. */
function visitSince() {
  const now = Date.now() / 1000;
  try {
    const since = Number(sessionStorage.getItem(VISIT)) || now;
    sessionStorage.setItem(VISIT, since);
    return since - 5; // clocks differ a little
  } catch {
    return now - 5;
  }
}

/** Whether a LoRA does anything can be asked once there is one. */
function offerComparison(answer) {
  const compare = document.querySelector("#compare-loras");
  if (!compare) return;
  compare.toggleAttribute("data-offered", form().loras > 0);
  comparison.textContent = answer.free ? "" : words.price({ price: answer.comparison, pictures: 2 });
  if (!comparison.isConnected) compare.append(comparison);
}

function turnOff(part, [after, what, isUsed], reason, values) {
  const id = `off-${part}`;
  let line = document.getElementById(id);
  if (!line && !reason) return;
  line ??= make("p", { id, className: "part-off", role: "status" });
  if (!line.isConnected) document.querySelector(after)?.after(line);
  setText(line, reason);
  for (const place of document.querySelectorAll(what)) {
    place.classList.toggle("is-off", Boolean(reason));
    place.inert = Boolean(reason) && !isUsed(values);
  }
}
