// @ts-check
/** The few signs of the console, drawn on a square of 24. */

import { svg } from "./element.js";

const paths = {
  chain: "M3 6h5l3 6-3 6H3l3-6zM13 6h5l3 6-3 6h-5l3-6z",
  customers:
    "M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 21c0-4 3-6.5 7-6.5s7 2.5 7 6.5" +
    "M16.5 4a3.5 3.5 0 0 1 0 6.7M18.5 15c2.3.8 3.5 3 3.5 6",
  retention: "M20 12a8 8 0 1 1-2.4-5.700M20 3v4h-4M12 8v4l3 2",
  acquisition: "M3 4h18l-7 9v6l-4 2v-8z",
  expansion: "M12 21V9M12 9c0-4 3-6 8-6 0 5-3 7-8 7M12 14c0-3-2-5-7-5 0 4 2 6 7 6",
  performance: "M4 20V4M4 20h16M8 16v-4M12 16V8M16 16v-6",
  developers: "m8 7-5 5 5 5M16 7l5 5-5 5M13.5 4l-3 16",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  out: "M14 4H6v16h8M11 12h10M17 8l4 4-4 4",
  next: "m9 5 7 7-7 7",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
};

/**
 * @param {keyof typeof paths} name
 */
export function icon(name) {
  return svg(
    "svg",
    {
      class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false", fill: "none",
      stroke: "currentColor", "stroke-width": name === "more" ? 3 : 1.7, "stroke-linecap": "round",
      "stroke-linejoin": "round",
    },
    svg("path", { d: paths[name] }),
  );
}
