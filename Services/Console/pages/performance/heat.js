// @ts-check
/** The cohort heat map: a real table, with colour as a second way to read it. */

import { h } from "../../parts/element.js";
import { amounts } from "../../parts/figures.js";
import { day, estimate, month, number, percent, t } from "../../parts/words.js";

/** @typedef {import("/ecrm.js").CohortReport} CohortReport */
/** @typedef {CohortReport["cohorts"][number]["periods"][number]} Period */

/**
 * @param {CohortReport} report
 * @param {"retention" | "customers" | "revenue"} measure
 */
export function heatMap(report, measure) {
  const last = Math.max(...report.cohorts.flatMap(({ periods }) => periods.map(({ period }) => period)));
  const columns = Array.from({ length: last + 1 }, (_, period) => period);
  // A cohort's own period would outshine what comes after it.
  const most = Math.max(
    ...report.cohorts.flatMap(({ periods }) =>
      periods.filter(({ period }) => period > 0).map((one) => size(one, measure))),
    Number.MIN_VALUE,
  );
  const newest = Math.max(...report.cohorts.map(({ start }) => Date.parse(start)));

  const rows = report.cohorts.map(({ start, customers, periods }) => {
    const byPeriod = new Map(periods.map((one) => [one.period, one]));
    const name = report.grain === "month" ? month(start) : day(start);
    const cells = columns.map((period) => {
      const found = byPeriod.get(period);
      if (found === undefined) {
        return isToCome(start, period, newest, report.grain)
          ? h("td", { class: "to-come" })
          : h("td", { class: "heat none" }, measure === "retention" ? percent(0) : "0");
      }
      const heat = period === 0 ? undefined : (size(found, measure) / most).toFixed(3);
      const title = t("performance.cell", {
        name, period, customers: found.customers, share: percent(found.retention, 1),
      });
      return h(
        "td",
        { class: period === 0 ? "heat own" : "heat", style: heat === undefined ? {} : { "--heat": heat }, title },
        write(found, measure),
      );
    });
    return h(
      "tr", {}, h("th", { scope: "row" }, name), h("td", { class: "number" }, number(customers)), ...cells,
    );
  });
  const caption = t(`performance.captions.${measure}`, { grain: t(`performance.grainsOf.${report.grain}`) });
  return h(
    "div", { class: "scroll", tabindex: 0, role: "group", "aria-label": caption },
    h(
      "table", { class: "cohorts" },
      h("caption", {}, caption),
      h(
        "thead", {},
        h(
          "tr", {},
          h("th", { scope: "col" }, t("performance.first")),
          h("th", { scope: "col", class: "number" }, t("performance.buyers")),
          ...columns.map((period) => h("th", { scope: "col" }, `+${period}`)),
        ),
      ),
      h("tbody", {}, ...rows),
    ),
  );
}

/**
 * @param {Period} period
 * @param {"retention" | "customers" | "revenue"} measure
 */
function size({ retention, customers, revenue }, measure) {
  if (measure === "retention") return retention;
  // Several currencies cannot be added; the first is as good a measure of colour as any.
  return measure === "customers" ? customers : Number(revenue[0]?.amount ?? 0);
}

/**
 * @param {Period} period
 * @param {"retention" | "customers" | "revenue"} measure
 */
function write({ retention, customers, revenue }, measure) {
  if (measure === "retention") return percent(retention);
  if (measure === "customers") return number(customers);
  if (revenue.length === 1) return estimate(Number(revenue[0].amount), revenue[0].currency);
  return amounts(revenue) ?? "–";
}

/**
 * Whether a cohort's period lies after what the report knows.
 * @param {string} start
 * @param {number} period
 * @param {number} newest The latest cohort's beginning.
 * @param {"month" | "week"} grain
 */
function isToCome(start, period, newest, grain) {
  const moment = new Date(start);
  if (grain === "month") moment.setUTCMonth(moment.getUTCMonth() + period);
  else moment.setUTCDate(moment.getUTCDate() + 7 * period);
  return moment.getTime() > newest;
}
