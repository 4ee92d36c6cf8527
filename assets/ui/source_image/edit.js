/** Editing of a finished picture: it becomes the source image, and its prompt the form's. */
import { useResult } from "./panel.js";

/** @param {{id: string, prompt: string, pictures: object[]}} row its job @param {object} picture one of the job's */
export async function edit(row, picture) {
  const box = document.querySelector("#field-prompt textarea");
  box.value = row.prompt;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  await useResult(row, row.pictures.indexOf(picture));
}
