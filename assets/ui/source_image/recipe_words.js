/** Labels of the offer to use the settings in an image file. */
export const words = {
  found: "This file tells how it was made.",
  use: "Use its settings",
  used: "The form is filled with the settings of the file. The picture itself is not used as a start.",
  but: "Not all of it could be used:",
  dismiss: "Dismiss",
};
