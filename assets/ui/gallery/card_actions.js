/** Actions of a card: save, share, edit, make variations, and the menu of all others. */
import { makeAgain, priceOfAgain } from "../press/again.js";
import { address, button, make } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { saved } from "../shared/keep.js";
import { text } from "../shared/texts.js";
import { edit } from "../source_image/edit.js";

/** @param {object[]} rows those with pictures @param {{isSeries: boolean}} kind whether their settings differ
 * @param {import("./gallery.js").GalleryActions} actions @returns {HTMLElement[]} */
export function cardActions(rows, { isSeries }, actions) {
  const [row] = rows;
  const isSingle = rows.length === 1 && row.pictures.length === 1;
  const more = act("more", text("shared.more"), (node) => actions.more(rows, node));
  more.setAttribute("aria-haspopup", "dialog");
  return [
    isSingle ? saveLink(row.pictures[0]) : act("save", text("gallery.save_all"), () => actions.pack(rows)),
    act("share", text("shared.share"), () => actions.share(rows)),
    editButton(rows, isSingle, actions),
    ...(isSeries ? [] : [variations(row, rows.length)]),
    more,
  ];
}

function editButton(rows, isSingle, actions) {
  const [row] = rows;
  const node = act("edit", text("shared.edit"), () =>
    (isSingle ? edit(row, row.pictures[0]) : actions.chooseToEdit(rows, node)));
  if (!isSingle) node.setAttribute("aria-haspopup", "dialog");
  return node;
}

function variations(row, pictures) {
  const node = act("variations", text("shared.variations", { count: pictures }), () => makeAgain(row, { seed: "new", pictures }));
  node.append(priceOfAgain(row, pictures));
  return node;
}

function saveLink(picture) {
  const link = make("a", { className: "minor save", href: address(saved(picture)), download: "", title: text("shared.save") });
  link.append(icon("save"), make("span", { className: "name" }, text("shared.save")));
  // The choice in the large view may have changed since.
  link.addEventListener("click", () => (link.href = address(saved(picture))), true);
  return link;
}

function act(name, label, run) {
  const node = button("", () => run(node), { className: `minor ${name}`, title: label });
  node.append(icon(name), make("span", { className: "name" }, label));
  return node;
}
