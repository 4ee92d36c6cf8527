/** Row of one preset: its name with what it holds, which applies it, and buttons to rename and delete it. */
import { moreText } from "../form/summaries.js";
import { button, make } from "../shared/dom.js";
import { list } from "../shared/formats.js";
import { icon } from "../shared/icons.js";
import { clip, sizeText } from "../shared/labels.js";
import { text } from "../shared/texts.js";
import { MOST_NAME } from "./list.js";

/** @param {string} name @param {object} settings as the form can hold them
 * @param {{apply: () => void, rename: (typed: string) => Promise<boolean>, remove: () => void}} actions @returns {HTMLElement} */
export function presetRow(name, settings, { apply, rename, remove }) {
  const face = button("", apply, { className: "face" });
  face.append(make("strong", { dir: "auto" }, name), make("span", {}, summaryOf(settings)));
  const row = make("li", {});
  const draw = () => row.replaceChildren(face,
    sign("edit", text("presets.rename", { name }), edit), sign("remove", text("presets.remove", { name }), remove));
  const edit = () => {
    const leave = () => {
      draw();
      row.querySelector(".of-edit").focus();
    };
    row.replaceChildren(nameForm(name, rename, leave));
    row.querySelector("input").select();
  };
  draw();
  return row;
}

function summaryOf({ width, height, prompt, ...settings }) {
  const size = width && height ? sizeText({ width, height }) : "";
  return list([prompt ? `“${clip(prompt, 40)}”` : "", size, moreText(settings)].filter(Boolean));
}

function sign(name, label, onclick) {
  const node = button("", onclick, { className: `icon-button of-${name}`, "aria-label": label, title: label });
  node.append(icon(name));
  return node;
}

/** Form that renames; Esc leaves the name as it is. */
function nameForm(name, rename, leave) {
  const box = make("input", { type: "text", value: name, maxLength: MOST_NAME, "aria-label": text("presets.name"), autocomplete: "off" });
  box.onkeydown = (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault(); // it would close the dialog
    leave();
  };
  const form = make("form", {}, box, make("button", { type: "submit", className: "primary" }, text("shared.save")));
  form.onsubmit = async (event) => {
    event.preventDefault();
    if ((await rename(box.value)) && form.isConnected) leave();
  };
  return form;
}
