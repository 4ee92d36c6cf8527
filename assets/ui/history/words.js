/** Labels of the history. */
const pictures = (count) => `${count} ${count === 1 ? "picture" : "pictures"}`;

export const words = {
  title: "All your pictures",
  close: "Close",
  count: (count) => (count ? pictures(count) : ""),
  search: "Search in the words",
  favourites: "Favourites",
  today: "Today",
  model: "Model",
  lora: "LoRA",
  anyModel: "Any model",
  anyLora: "With or without LoRA",
  found: "Found pictures",
  looking: "Looking…",
  none: "Nothing here yet. Every finished picture comes here.",
  nothing: "Nothing is found. Fewer words find more.",
  notLoaded: "These could not be loaded.",
  more: "Show more",
  again: "Try again",
  swept: ({ pictures: count, last }) => {
    const day = new Date(last * 1000).toLocaleDateString([], { dateStyle: "medium" });
    return `${pictures(count)} ${count === 1 ? "was" : "were"} deleted here to keep to the host's limits, last on ${day}.`;
  },
  pick: (name) => `Select: ${name}`,
  picked: "Selected pictures",
  selected: (count) => `${count} selected`,
  tooMany: (most) => `At most ${most} at once.`,
  all: "Select all shown",
  clear: "Clear",
  pack: "Download as zip",
  packing: "The file is being put together…",
  notPacked: "The file could not be made. Try again.",
  remove: "Delete",
  removeForGood: "Delete for good",
  removing: (count) => `${count === 1 ? "This" : `These ${count}`} will be gone for good.`,
  removed: (count) => `${pictures(count)} deleted.`,
  notRemoved: (count) => `${pictures(count)} could not be deleted. Try again.`,
};
