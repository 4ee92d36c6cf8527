/** Labels of the starter set. */
export const words = {
  title: "The starter shelf",
  hint: "A click puts a LoRA into a row; nothing is spent. The samples show one scene in each style, painted by this " +
    "app's demo painter: SDXL paints in its own way.",
  close: "Close",
  sample: (title) => `Sample of ${title}`,
  triggers: (count) => (count === 1 ? "Trigger word: " : "Trigger words: "),
  noTriggers: "No trigger word",
  licence: "Licence: ",
  page: "Its page",
  pageOf: (title) => `Its page: ${title} at Hugging Face, in a new tab`,
  use: "Use",
  useOf: (title) => `Use ${title}`,
  inUse: "In use",
  inRow: "In a row, switched off",
  isInUse: (title) => `${title} is in use`,
  isInRow: (title) => `${title} is in a row, switched off`,
  put: (title) => `Put into a row: ${title}.`,
  notLoaded: "The shelf could not be loaded. Close it and try again.",
};
