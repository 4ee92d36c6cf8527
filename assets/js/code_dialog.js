/** The dialog of a request's code: one tab a language. */
import { button, copyButton, make } from "./dom.js";
import { loadStyle } from "./style_sheet.js";
import { words } from "./code_words.js";

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
const PAGES_OWN = "gradio"; // sends to this page; the others to the API

/** @param {?import("./code.js").Code} code */
export async function open(code) {
  await loadStyle(new URL("./code.css", import.meta.url).href);
  const done = button(words.done, () => node.close(), { className: "done" });
  const node = make("dialog", { className: "code", "aria-label": words.title },
    make("header", {}, make("h2", {}, words.title), make("p", {}, words.hint)),
    ...(code?.samples ? tabs(code) : [note(code?.refused?.sentence ?? words.notLoaded)]),
    make("footer", {}, done));
  node.addEventListener("click", (event) => event.target === node && node.close());
  node.addEventListener("close", () => node.remove());
  document.body.append(node);
  node.showModal();
}

function tabs(code) {
  const names = Object.keys(code.samples);
  const panels = names.map((name) => panel(name, code));
  const heads = names.map((name) => head(name, () => choose(name)));
  const choose = (chosen) => {
    for (const [at, name] of names.entries()) {
      const isChosen = name === chosen;
      heads[at].setAttribute("aria-selected", String(isChosen));
      heads[at].tabIndex = isChosen ? 0 : -1;
      panels[at].hidden = !isChosen;
    }
  };
  const list = make("div", { role: "tablist", "aria-label": words.languages }, ...heads);
  list.addEventListener("keydown", (event) => {
    const next = target(event.key, names.findIndex((_, at) => heads[at] === document.activeElement), names.length);
    if (next === null) return;
    event.preventDefault();
    choose(names[next]);
    heads[next].focus();
  });
  choose(names[0]);
  return [list, ...panels];
}

function target(key, at, count) {
  if (key in STEPS) return (at + STEPS[key] + count) % count;
  return { Home: 0, End: count - 1 }[key] ?? null;
}

const head = (name, onclick) =>
  button(words.tabs[name], onclick, { id: `code-tab-${name}`, role: "tab", "aria-controls": `code-panel-${name}` });

function panel(name, { samples, service, page, several }) {
  const text = samples[name];
  const code = make("pre", { tabIndex: 0, dir: "ltr", role: "region", "aria-label": words.codeIn(words.tabs[name]) },
    make("code", {}, text));
  const notes = [name === PAGES_OWN ? page : service, several].filter(Boolean);
  return make("div", { id: `code-panel-${name}`, role: "tabpanel", "aria-labelledby": `code-tab-${name}` },
    make("div", { className: "sample" }, code, copyButton(text, words.codeIn(words.tabs[name]))), ...notes.map(note));
}

const note = (sentence) => make("p", { className: "note" }, sentence);
