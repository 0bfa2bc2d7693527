// @ts-check
/** The shapes of the value chain: bands, and arrows that lie one in the other. They follow what they hold. */

import { svg } from "./element.js";

/** Depth of an arrow's tip. */
const depth = 28;
const round = 10;

const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) draws.get(target)?.();
});
/** @type {WeakMap<Element, () => void>} */
const draws = new WeakMap();

/** A band: what carries, or judges, all activities. */
export function band() {
  return shape((width, height) => {
    const r = Math.min(round, height / 2);
    return `M${r} 0H${width - r}Q${width} 0 ${width} ${r}V${height - r}Q${width} ${height} ${width - r} ${height}`
      + `H${r}Q0 ${height} 0 ${height - r}V${r}Q0 0 ${r} 0Z`;
  });
}

/**
 * An arrow to the next activity; to the right, or downwards where the activities stand below each other.
 * @param {string} name
 */
export function tip(name) {
  const isFirst = name === "acquisition";
  return shape((width, height, isUpright) => {
    const notch = isFirst ? 0 : depth;
    if (isUpright) {
      return `M0 0L${width / 2} ${notch}L${width} 0V${height}L${width / 2} ${height + depth}L0 ${height}Z`;
    }
    return `M0 0H${width}L${width + depth} ${height / 2}L${width} ${height}H0L${notch} ${height / 2}Z`;
  });
}

/** @param {(width: number, height: number, isUpright: boolean) => string} outline */
function shape(outline) {
  const path = svg("path", { "vector-effect": "non-scaling-stroke" });
  const drawing = svg("svg", { class: "shape", "aria-hidden": "true", focusable: "false" }, path);
  draws.set(drawing, () => {
    const { width, height } = drawing.getBoundingClientRect();
    const isUpright = getComputedStyle(drawing).getPropertyValue("--upright").trim() === "1";
    path.setAttribute("d", outline(width, height, isUpright));
  });
  sizes.observe(drawing);
  return drawing;
}
