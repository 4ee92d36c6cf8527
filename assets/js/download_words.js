/** The labels of what a picture can be kept as. */
export const words = {
  download: "Download",
  more: "More ways to keep it",
  original: "Original",
  received: "As the service made it",
  clean: "Clean copy",
  cleanHint: "A clean copy says nothing of how it was made.",
  leaveOut: "Leave the settings out of downloads",
};
