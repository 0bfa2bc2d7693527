// @ts-check
/** Whether it pays: cohorts over time, and how the suite's own work went. */

import { h, newID } from "../parts/element.js";
import { empty, live, panel } from "../parts/live.js";
import { daysFrom, endOfOrders } from "../parts/period.js";
import { services, suite } from "../parts/suite.js";
import { table } from "../parts/table.js";
import { moment, percent, t } from "../parts/words.js";
import { heatMap } from "./performance/heat.js";

/** @typedef {import("../parts/router.js").Visit} Visit */

/** Months that the report looks back at first. */
const lookBack = { month: 17, week: 5 };
const grains = /** @type {const} */ (["month", "week"]);
const measures = /** @type {const} */ (["retention", "customers", "revenue"]);
/** Cohorts and periods that can still be read side by side. */
const mostCohorts = 26;

/**
 * @param {Visit} visit
 * @returns {import("../main.js").Drawn}
 */
export function draw(visit) {
  const { leaving, query } = visit;
  const grain = choice("grain", grains);
  const measure = choice("measure", measures);
  const from = h("input", { id: newID(), type: "date", value: query.get("from") ?? "", onchange: choose });
  const to = h("input", { id: newID(), type: "date", value: query.get("until") ?? "", onchange: choose });
  const source = h("input", { id: newID(), value: query.get("source") ?? "", autocomplete: "off", onchange: choose,
    placeholder: t("retention.fit.every") });

  /**
   * @param {string} name
   * @param {readonly string[]} values
   */
  function choice(name, values) {
    const current = query.get(name) ?? values[0];
    return h(
      "select", { id: newID(), onchange: name === "measure" ? chooseMeasure : choose },
      ...values.map((value) => h("option", { value, selected: value === current }, t(`performance.${name}s.${value}`))),
    );
  }
  function chooseMeasure() {
    visit.remember({ measure: measure.value === "retention" ? undefined : measure.value });
    report.reload();
  }
  function choose() {
    visit.remember({
      grain: grain.value === "month" ? undefined : grain.value, from: from.value, until: to.value,
      source: source.value.trim(),
    });
    report.reload();
  }

  const report = live(leaving, {
    async load(signal) {
      const length = grain.value === "week" ? "week" : "month";
      const last = query.get("until") ?? daysFrom(-1, await endOfOrders(signal));
      const first = query.get("from") ?? monthsBefore(lookBack[length], last);
      const found = await suite.cohorts.report(
        { grain: length, from: first, to: daysFrom(1, last), source: source.value.trim() || undefined }, { signal });
      [from.value, to.value] = [first, last];
      return { found, measure: /** @type {typeof measures[number]} */ (measure.value) };
    },
    draw: ({ found, measure }) =>
      found.cohorts.length === 0
        ? empty(t("performance.none"), t("performance.noneAdvice"))
        : heatMap({ ...found, cohorts: found.cohorts.slice(-mostCohorts) }, measure),
    shape: 14,
  });
  const field = (/** @type {string} */ name, /** @type {HTMLElement} */ input) =>
    h("div", {}, h("label", { for: input.id }, t(`performance.${name}`)), input);

  return {
    title: t("performance.title"),
    lead: t("performance.lead"),
    content: [
      panel(
        t("performance.cohorts"), { hint: t("performance.hint"), wide: true },
        h(
          "form", { class: "row fields", onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
          field("grain", grain), field("measure", measure), field("from", from), field("until", to),
          field("source", source),
        ),
        report,
      ),
      jobs(leaving),
    ],
  };
}

/**
 * The first day of a month so many months earlier.
 * @param {number} months
 * @param {string} day
 */
function monthsBefore(months, day) {
  const [year, month] = day.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1 - months, 1)).toISOString().slice(0, 10);
}

/** @param {AbortSignal} leaving */
function jobs(leaving) {
  const list = live(leaving, {
    async load(signal) {
      const pages = await Promise.all(services.map((name) => suite.on(name).jobs.list({ limit: 10 }, { signal })));
      return pages
        .flatMap(({ items }, place) => items.map((job) => ({ ...job, service: services[place] })))
        .sort((one, other) => other.createdAt.localeCompare(one.createdAt));
    },
    draw: (found) =>
      found.length === 0
        ? empty(t("performance.jobs.none"), t("performance.jobs.noneAdvice"))
        : table(
            t("performance.jobs.title"),
            [
              { title: t("performance.jobs.name"), heads: true, cell: (job) => h("code", {}, job.name) },
              { title: t("performance.jobs.service"), cell: (job) => job.service },
              {
                title: t("performance.jobs.state"),
                cell: (job) => [
                  h("span", { class: `tag ${job.state}` }, t(`jobStates.${job.state}`)), " ",
                  job.state === "running" && percent(job.progress), job.error !== undefined && job.error.message,
                ],
              },
              { title: t("performance.jobs.began"), cell: (job) => moment(job.createdAt) },
              {
                title: t("performance.jobs.ended"),
                cell: (job) => (job.finishedAt === undefined ? "–" : moment(job.finishedAt)),
              },
            ],
            found,
            { quiet: true },
          ),
  });
  return panel(t("performance.jobs.title"), { hint: t("performance.jobs.hint"), wide: true }, list);
}
