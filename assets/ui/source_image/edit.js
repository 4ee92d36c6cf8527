/** Editing of a finished picture: it becomes the source image, and its prompt the form's. */
import { REMOVAL_PROMPT } from "../shared/removal.js";
import { useResult } from "./panel.js";

/** @param {{id: string, prompt: string, pictures: object[]}} row its job @param {object} picture one of the job's */
export async function edit(row, picture) {
  if (row.prompt !== REMOVAL_PROMPT) fillPrompt(row.prompt);
  await useResult(row, row.pictures.indexOf(picture));
}

function fillPrompt(prompt) {
  const box = document.querySelector("#field-prompt textarea");
  box.value = prompt;
  box.dispatchEvent(new Event("input", { bubbles: true }));
}
