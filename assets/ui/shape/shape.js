/** Named shapes and the width and height of the form. The hooks are Gradio's, see components/ui/panels/shape.py. */

/** Hook: a named shape sets both sliders. @param {string} shape such as 1024x1024 @returns {number[]} */
export const size_of_shape = (shape) => shape.split("x").map(Number);

/** Hook: the sliders choose the shape of their size. @returns {?string} null for a size without a name */
export const shape_of_size = (width, height) => {
  const shapes = [...document.querySelectorAll("#shape input")].map(({ value }) => value);
  const shape = `${width}x${height}`;
  return shapes.includes(shape) ? shape : null;
};

/** Hook: width and height change places. @returns {[number, number, ?string]} with their shape */
export const swap_size = (width, height) => [height, width, shape_of_size(height, width)];
