/** Named shapes and the width and height of the form. The hooks are Gradio's, see components/ui/panels/shape.py. */

/** Hook: a named shape sets both sliders. @param {{shape: string}} fields such as 1024x1024 */
export const size_of_shape = ({ shape }) => {
  const [width, height] = shape.split("x").map(Number);
  return { width, height };
};

/** Hook: the sliders choose the shape of their size. @param {{width: number, height: number}} size
 * @returns {{shape: ?string}} null for a size without a name */
export const shape_of_size = ({ width, height }) => {
  const shapes = [...document.querySelectorAll("#shape input")].map(({ value }) => value);
  const shape = `${width}x${height}`;
  return { shape: shapes.includes(shape) ? shape : null };
};

/** Size with its named shape. @param {{width: number, height: number}} size */
export const withShape = (size) => ({ ...size, ...shape_of_size(size) });

/** Hook: width and height change places. */
export const swap_size = ({ width, height }) => withShape({ width: height, height: width });
