/** Dialog of a request's code: one tab per language. */
import { openDialog } from "../shared/dialog.js";
import { button, copyButton, make } from "../shared/dom.js";
import { inFull } from "../shared/messages.js";
import { isRightToLeft, text } from "../shared/texts.js";

const FORWARD = isRightToLeft ? -1 : 1;
const STEPS = { ArrowRight: FORWARD, ArrowDown: 1, ArrowLeft: -FORWARD, ArrowUp: -1 };
/** Samples that send to this page; the others send to the API. */
const PAGES_OWN = ["gradio", "gradio_javascript", "mcp_python", "mcp_apps"];

/** Opens the dialog; resolves when it is closed. @param {?import("./code.js").Code} code */
export const open = (code) => openDialog({
  title: text("code.title"), hint: text("code.hint"), className: "code", style: new URL("./dialog.css", import.meta.url),
  content: code?.samples ? tabs(code) : [note(inFull(code?.refused?.message) || text("code.not_loaded"))],
});

function tabs(code) {
  const names = Object.keys(code.samples);
  const panels = names.map((name) => panel(name, code));
  const heads = names.map((name) => head(name, () => choose(name)));
  const choose = (chosen) => {
    for (const [index, name] of names.entries()) {
      const isChosen = name === chosen;
      heads[index].setAttribute("aria-selected", String(isChosen));
      heads[index].tabIndex = isChosen ? 0 : -1;
      panels[index].hidden = !isChosen;
    }
  };
  const list = make("div", { role: "tablist", "aria-label": text("code.languages") }, ...heads);
  list.addEventListener("keydown", (event) => {
    const next = nextTab(event.key, heads.indexOf(document.activeElement), names.length);
    if (next === null) return;
    event.preventDefault();
    choose(names[next]);
    heads[next].focus();
  });
  choose(names[0]);
  heads[0].autofocus = true; // by the dialog, when it opens
  return [list, ...panels];
}

function nextTab(key, index, count) {
  if (key in STEPS) return (index + STEPS[key] + count) % count;
  return { Home: 0, End: count - 1 }[key] ?? null;
}

const head = (name, onclick) =>
  button(text(`code.tab.${name}`), onclick, { id: `code-tab-${name}`, role: "tab", "aria-controls": `code-panel-${name}` });

function panel(name, { samples, service, page, several }) {
  const sample = samples[name];
  const language = text(`code.tab.${name}`);
  const label = text("code.region", { language });
  const code = make("pre", { tabIndex: 0, dir: "ltr", role: "region", "aria-label": label }, make("code", {}, sample));
  const notes = [PAGES_OWN.includes(name) ? page : service, several].map(inFull).filter(Boolean);
  return make("div", { id: `code-panel-${name}`, role: "tabpanel", "aria-labelledby": `code-tab-${name}` },
    make("div", { className: "sample" }, code, copyButton(sample, text("code.copy", { language }))), ...notes.map(note));
}

const note = (sentence) => make("p", { className: "note" }, sentence);
