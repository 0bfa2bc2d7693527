// @ts-check
/** What is loaded: the shape of it while it comes, then the answer, or what went wrong and a way to try again. */

import { faultBox } from "./faults.js";
import { h, newID } from "./element.js";
import { session } from "./session.js";
import { t } from "./words.js";

/** After this long the reader is told that it still goes on. */
const slowMs = 4_000;

/**
 * @template Answer
 * @typedef {object} Source
 * @property {(signal: AbortSignal) => Promise<Answer>} load Asks for the answer.
 * @property {(answer: Answer) => Node | Node[]} draw Makes of it what is shown.
 * @property {number | (() => Node)} [shape] Lines of the skeleton, or the skeleton.
 */

/** @typedef {HTMLElement & { reload(): Promise<void> }} Live */

/**
 * A place that loads what it shows. Loading anew ends what is under way; so does leaving the page.
 * @template Answer
 * @param {AbortSignal} leaving
 * @param {Source<Answer>} source
 * @returns {Live}
 */
export function live(leaving, { load, draw, shape = 3 }) {
  const place = h("div", { class: "live" });
  let current = new AbortController();
  leaving.addEventListener("abort", () => current.abort(), { once: true });

  async function reload() {
    current.abort();
    const mine = (current = new AbortController());
    if (leaving.aborted) return;
    place.setAttribute("aria-busy", "true");
    // What was there stays until the new answer is: nothing jumps. Only an error makes way.
    if (place.childElementCount === 0 || place.querySelector(":scope > .fault") !== null) {
      place.replaceChildren(typeof shape === "function" ? shape() : skeleton(shape));
    } else {
      place.classList.add("stale");
    }
    const slow = setTimeout(() => place.prepend(h("p", { class: "slow", role: "status" }, t("live.slow"))), slowMs);
    try {
      const answer = await load(mine.signal);
      if (!mine.signal.aborted) place.replaceChildren(...[draw(answer)].flat());
    } catch (error) {
      // Who is signed out sees why on the page for that.
      if (mine.signal.aborted || session.token === undefined) return;
      place.replaceChildren(faultBox(error, reload));
    } finally {
      clearTimeout(slow);
      if (mine === current) {
        place.querySelector(":scope > .slow")?.remove();
        place.classList.remove("stale");
        place.setAttribute("aria-busy", "false");
      }
    }
  }

  reload();
  return Object.assign(place, { reload });
}

/**
 * A part of a page with its heading.
 * @param {string} title
 * @param {{ hint?: string, id?: string, controls?: import("./element.js").Pieces, wide?: boolean }} options
 * @param {...import("./element.js").Pieces} content
 */
export function panel(title, { hint, id, controls, wide = false }, ...content) {
  const heading = newID();
  return h(
    "section",
    { class: wide ? "panel wide" : "panel", "aria-labelledby": heading, id },
    h(
      "header",
      {},
      h("div", {}, h("h2", { id: heading }, title), hint !== undefined && h("p", { class: "hint" }, hint)),
      controls,
    ),
    ...content,
  );
}

/**
 * Grey lines in the place of text to come.
 * @param {number} lines
 */
export function skeleton(lines) {
  const bars = Array.from({ length: lines }, () => h("span", { class: "bar" }));
  return h("div", { class: "skeleton" }, h("span", { class: "unseen" }, t("live.loading")), ...bars);
}

/**
 * Says that there is nothing, and what would change that.
 * @param {string} title
 * @param {...import("./element.js").Pieces} advice
 */
export function empty(title, ...advice) {
  return h("div", { class: "empty" }, h("p", { class: "empty-title" }, title), h("p", {}, ...advice));
}

/**
 * A word to the reader that goes by itself, spoken by screen readers.
 * @param {string} text
 */
export function notice(text) {
  const place = document.querySelector(".notice");
  if (place === null) return;
  place.textContent = text;
  setTimeout(() => {
    if (place.textContent === text) place.textContent = "";
  }, 6_000);
}
