// @ts-check
/** The days a report is about, chosen from a few lengths or freely, and kept in the address. */

import { h, newID } from "./element.js";
import { unless, suite } from "./suite.js";
import { t } from "./words.js";

/** @typedef {{ from: string, to: string }} Period Days: the first, and that after the last. */
/** @typedef {import("./router.js").Visit} Visit */

const dayMs = 86_400_000;
/** Before anybody kept such records. */
const beginning = "1970-01-01";

/**
 * @param {number} days
 * @param {string} [from]
 */
export function daysFrom(days, from = new Date().toISOString()) {
  return new Date(Date.parse(`${from.slice(0, 10)}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

/** @returns {Period} */
export function always() {
  return { from: beginning, to: daysFrom(1) };
}

/**
 * The period of as many days before.
 * @param {Period} period
 * @returns {Period | undefined}
 */
export function before({ from, to }) {
  if (from === beginning) return undefined;
  const days = Math.round((Date.parse(to) - Date.parse(from)) / dayMs);
  return { from: daysFrom(-days, from), to: from };
}

/** The last lengths of time that can be chosen, in days. */
const lengths = /** @type {const} */ ({ month: 30, quarter: 91, year: 365 });

/**
 * The period that the address names.
 * @param {URLSearchParams} query
 * @returns {Period}
 */
export function chosen(query) {
  const name = query.get("period") ?? "always";
  const [from, to] = name.split("..");
  if (to !== undefined && from < to && !Number.isNaN(Date.parse(from)) && !Number.isNaN(Date.parse(to))) {
    return { from, to };
  }
  const days = Object.entries(lengths).find(([length]) => length === name)?.[1];
  return days === undefined ? always() : { from: daysFrom(1 - days), to: daysFrom(1) };
}

/**
 * The choice of a period.
 * @param {Visit} visit
 * @param {() => void} changed
 */
export function periodChoice(visit, changed) {
  const id = newID();
  const current = visit.query.get("period") ?? "always";
  const isFree = current.includes("..");
  const options = ["always", ...Object.keys(lengths), "free"].map((value) =>
    h("option", { value, selected: isFree ? value === "free" : value === current }, t(`period.${value}`)),
  );
  const select = h("select", { id, onchange: choose }, ...options);
  const { from, to } = chosen(visit.query);
  const first = h("input", { type: "date", value: from, "aria-label": t("period.from"), onchange: chooseFreely });
  const last = h("input", {
    type: "date", value: daysFrom(-1, to), "aria-label": t("period.to"), onchange: chooseFreely,
  });
  const free = h("div", { class: "row", hidden: !isFree }, first, last);

  function choose() {
    free.hidden = select.value !== "free";
    if (select.value === "free") return chooseFreely();
    remember(select.value);
  }
  function chooseFreely() {
    if (first.value !== "" && last.value !== "" && first.value <= last.value) {
      remember(`${first.value}..${daysFrom(1, last.value)}`);
    }
  }
  function remember(/** @type {string} */ period) {
    visit.remember({ period: period === "always" ? undefined : period });
    changed();
  }
  return h("div", { class: "choice" }, h("label", { for: id }, t("period.title")), select, free);
}

/**
 * The day after the latest purchase there is, where reports about purchases end; tomorrow without one.
 * @param {AbortSignal} signal
 */
export async function endOfOrders(signal) {
  const all = await unless(suite.scorecard.get(always(), { signal }), "forbidden");
  const latest = all?.performanceMeasurement.latestOrderAt;
  return latest === undefined ? daysFrom(1) : daysFrom(1, latest);
}
