/** The labels of the panel of the picture to start from. */
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
  bringing: "Getting the picture ready…",
  fit: "How it fits",
  ways: {
    match: ["Match my picture", "The new picture takes its shape."],
    crop: ["Crop", "Fills the size; what stands over is cut off."],
    pad: ["Pad", "Shows all of it; its edges go on around it."],
  },
  strength: "Strength",
  strengthNumber: "number input for Strength",
  strengthRange: "range slider for Strength",
  meaning: (value) => `${value.toFixed(2)}: ${MEANINGS.find(([most]) => value <= most)[1]}`,
  part: "Change only a part",
  editPart: "Edit the part",
  whole: "Change all of it",
  kept: "Only the striped part changes. All around it the original is put back, to the pixel.",
  room: "Make it wider or taller",
  remove: "Remove this picture",
  alt: ({ width, height }) => `The picture to start from, fitted to ${width} × ${height}`,
  size: ({ width, height }) => `${width} × ${height} pixels`,
};
