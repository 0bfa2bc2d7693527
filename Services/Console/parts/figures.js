// @ts-check
/** Figures with their names, and how they changed. */

import { h } from "./element.js";
import { money, percent, t } from "./words.js";

/**
 * @typedef {object} Figure
 * @property {string} name
 * @property {string | undefined} value Absent where there is nothing to tell.
 * @property {number | undefined} [change] Share by which it changed since the period before.
 */

/** @param {Figure[]} figures */
export function figureList(figures) {
  return h(
    "dl",
    { class: "figures" },
    ...figures.map(({ name, value, change }) =>
      h(
        "div",
        {},
        h("dt", {}, name),
        h("dd", {}, value ?? h("span", { title: t("figures.none") }, "–"), change !== undefined && changed(change)),
      ),
    ),
  );
}

/** @param {number} change */
function changed(change) {
  const sign = change > 0.0005 ? "▲" : change < -0.0005 ? "▼" : "＝";
  return h(
    "span",
    { class: "change" },
    h("span", { "aria-hidden": "true" }, `${sign} ${percent(Math.abs(change))}`),
    h("span", { class: "unseen" }, t("figures.change", { change: percent(change) })),
  );
}

/**
 * By how much a figure differs from before; undefined where there was nothing.
 * @param {number | undefined} now
 * @param {number | undefined} before
 */
export function difference(now, before) {
  if (now === undefined || before === undefined || before === 0) return undefined;
  return now / before - 1;
}

/**
 * Amounts in several currencies, each by itself: they cannot be added.
 * @param {readonly import("/ecrm.js").Money[]} amounts
 */
export function amounts(amounts) {
  return amounts.length === 0 ? undefined : amounts.map((amount) => money(amount, { short: true })).join(" · ");
}
