/** Icons: line drawings of 24 x 24 units in the color of the text around them, without a name of their own. */

const PATHS = {
  add: "M12 5v14M5 12h14",
  back: "M15 5l-7 7 7 7",
  camera: "M4 8h3l2-3h6l2 3h3v11H4zM12 10a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7",
  check: "M5 12.5l4.5 4.5L19 7.5",
  close: "M6 6l12 12M18 6L6 18",
  compare: "M12 4v16M4 6h5v12H4zM15 6h5v12h-5",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  dice: "M5 5h14v14H5zM9 9v.01M15 9v.01M9 15v.01M15 15v.01M12 12v.01",
  down: "M6 9l6 6 6-6",
  edit: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  erase: "M4 15l8-9 8 7-6 7H8zM8 11l7 7M12 20h8",
  extend: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  history: "M4 12a8 8 0 1 0 2.5-5.8M4 4v4h4M12 8v4.5l3 2",
  info: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M12 11v5M12 8v.01",
  link: "M10 14a4 4 0 0 0 5.7 0l2.8-2.8a4 4 0 0 0-5.7-5.7L11.5 7M14 10a4 4 0 0 0-5.7 0l-2.8 2.8a4 4 0 0 0 5.7 5.7L12.5 17",
  lora: "M12 4l8 4-8 4-8-4zM4 12l8 4 8-4M4 16l8 4 8-4",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9v.01",
  remove: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  retry: "M20 12a8 8 0 1 1-2.5-5.8M20 4v4h-4",
  save: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
  search: "M10.5 5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M15 15l5 5",
  seed: "M7 11V8a5 5 0 0 1 10 0v3M5 11h14v9H5z",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5",
  share: "M12 15V4M8 7.5L12 4l4 3.5M6 12H5v8h14v-8h-1",
  star: "M12 4l2.5 5.2 5.5.8-4 4 1 5.7-5-2.7-5 2.7 1-5.7-4-4 5.5-.8z",
  style: "M4 20c0-3 1-5 4-5l3 3c0 2-3 3-7 2zM10 14L19 4l1 1-9 11",
  swap: "M7 20V6M4 9l3-3 3 3M17 4v14M14 15l3 3 3-3",
  variations: "M5 5h6v6H5zM13 5h6v6h-6zM5 13h6v6H5zM13 13h6v6h-6",
};
const SVG = "http://www.w3.org/2000/svg";

/** Creates an icon. @param {keyof PATHS} name @returns {SVGElement} hidden from screen readers */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" })) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
