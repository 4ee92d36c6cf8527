/** Labels of the downloads. */
export const words = {
  clean: "Clean copy",
  cleanHint: "A clean copy says nothing of how it was made.",
  download: "Download",
  leaveOut: "Leave the settings out of downloads",
  more: "More ways to keep it",
  original: "Original",
  received: "As the service made it",
};
