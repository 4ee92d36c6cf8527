/** Labels of outpainting. */
export const words = {
  hint: "Adds a quarter of the side. Only the striped part is painted; the rest of your picture stays.",
  directions: [
    {
      name: "Make it wider",
      where: "Where it gets wider",
      choices: [["on both sides", "left right"], ["on the left", "left"], ["on the right", "right"]],
    },
    {
      name: "Make it taller",
      where: "Where it gets taller",
      choices: [["above and below", "top bottom"], ["above", "top"], ["below", "bottom"]],
    },
  ],
  undo: "Undo what was added",
  extended: ({ width, height, is_smaller: isSmaller }) =>
    `The picture is now ${width} × ${height} pixels.${isSmaller ? " All of it became smaller, to fit the largest size." : ""}`,
};
