/** Labels of the code of a request. */
export const words = {
  show: "Show the code",
  title: "The code of this request",
  hint: "A program that sends it. Your key is read from its environment and stands nowhere here.",
  languages: "Languages",
  tabs: { curl: "curl", wavespeed: "Python, wavespeed", gradio: "Python, this page", javascript: "JavaScript" },
  codeIn: (language) => `the code: ${language}`,
  notLoaded: "The code could not be had. Close this and try again.",
  done: "Done",
};
