// @ts-check
/** Charts by Chart.js, in the console's colours. Every one has its figures in words or a table beside it. */

import { h } from "./element.js";

/** @type {Promise<any> | undefined} */
let library;

/** Chart.js, fetched when the first chart is drawn. */
function chartLibrary() {
  library ??= new Promise((resolve, reject) => {
    const script = h("script", { src: "/chart.js" });
    script.onload = () => resolve(/** @type {any} */ (globalThis).Chart);
    script.onerror = () => {
      library = undefined;
      reject(new TypeError("chart.js"));
    };
    document.head.append(script);
  });
  return library;
}

/**
 * A colour of the palette as it is now.
 * @param {string} name
 */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** @param {string} hex `#rrggbb` @param {number} opacity */
export function faint(hex, opacity) {
  return hex + Math.round(opacity * 255).toString(16).padStart(2, "0");
}

/**
 * A chart that is drawn anew when the mode changes and ends with the page.
 * @param {AbortSignal} leaving
 * @param {object} options
 * @param {string} options.label What it shows, in a sentence.
 * @param {string} options.shape Its class, which gives the height.
 * @param {() => any} options.config What Chart.js draws; asked anew for each mode.
 */
export async function chart(leaving, { label, shape, config }) {
  const Chart = await chartLibrary();
  leaving.throwIfAborted();
  const canvas = h("canvas", { role: "img", "aria-label": label });
  const place = h("div", { class: `chart ${shape}` }, canvas);
  /** @type {any} */
  let drawn;
  /** @returns {void} */
  function draw() {
    drawn?.destroy();
    // Another chart has taken its place.
    if (!canvas.isConnected) return document.removeEventListener("mode", draw);
    Chart.defaults.color = colour("ink-2");
    Chart.defaults.borderColor = colour("line");
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    Chart.defaults.font.size = 0.8 * parseFloat(getComputedStyle(document.documentElement).fontSize);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) Chart.defaults.animation = false;
    drawn = new Chart(canvas, config());
  }
  document.addEventListener("mode", draw);
  leaving.addEventListener("abort", () => {
    document.removeEventListener("mode", draw);
    drawn?.destroy();
  }, { once: true });
  // Chart.js measures what it is drawn in, so that has to be on the page first.
  requestAnimationFrame(() => !leaving.aborted && draw());
  return { place, update: () => drawn?.update("none") };
}
