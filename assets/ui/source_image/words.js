/** Labels of the source image panel. */
/** What a strength does, up to a limit. */
const MEANINGS = [
  [0.2, "almost nothing changes"],
  [0.4, "small changes"],
  [0.65, "the same composition, a new look"],
  [0.85, "only the rough layout stays"],
  [0.999, "only a hint of it is left"],
  [1, "nothing of it is left"],
];

export const words = {
  section: "Start from a picture",
  file: "Picture to start from",
  camera: "Use the camera",
  other: "Or drop one on the page, or paste it.",
  preparing: "Getting the picture ready…",
  fit: "How it fits",
  modes: {
    match: ["Match my picture", "The new picture takes its shape."],
    crop: ["Crop", "Fills the size; what stands over is cut off."],
    pad: ["Pad", "Shows all of it; its edges go on around it."],
  },
  strength: "Strength",
  strengthNumber: "number input for Strength",
  strengthRange: "range slider for Strength",
  meaning: (value) => `${value.toFixed(2)}: ${MEANINGS.find(([limit]) => value <= limit)[1]}`,
  part: "Change only a part",
  editPart: "Edit the part",
  whole: "Change all of it",
  putBack: "Only the striped part changes. All around it the original is put back, to the pixel.",
  outpaint: "Make it wider or taller",
  remove: "Remove this picture",
  alt: ({ width, height }) => `The picture to start from, fitted to ${width} × ${height}`,
  size: ({ width, height }) => `${width} × ${height} pixels`,
};
