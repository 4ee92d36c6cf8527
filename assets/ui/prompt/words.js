/** Labels of the prompt styles. */
export const words = {
  add: "Choose styles",
  added: (styles) => {
    const halves = (name) => styles.map((style) => style[name].replace(/^\{prompt\}, /, "")).join(", ");
    return `To the prompt: ${halves("prompt")}\nTo the negative prompt: ${halves("negative_prompt")}`;
  },
  chosen: "Chosen styles",
  clear: "Clear all",
  hint: "Each adds words of its own to yours. Several go together.",
  notLoaded: "The styles could not be loaded. Close this and try again.",
  remove: (title) => `Remove style: ${title}`,
  section: "Styles",
  title: "Styles",
  what: "What they add",
};
