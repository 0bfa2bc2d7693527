// @ts-check
/** Who stays: the RFM map, and what each customer is expected to bring against whether they still buy. */

import { h, newID } from "../parts/element.js";
import { empty, live, panel } from "../parts/live.js";
import { models } from "../parts/models.js";
import { daysFrom, endOfOrders } from "../parts/period.js";
import { suite } from "../parts/suite.js";
import { table } from "../parts/table.js";
import { day, number, percent, t } from "../parts/words.js";
import { behind } from "./retention/behind.js";
import { fitting } from "./retention/fit.js";
import { rfmMap } from "./retention/map.js";
import { lifetimeValues } from "./retention/values.js";

/** @typedef {import("../parts/models.js").Model} Model */
/** @typedef {import("/ecrm.js").RFMReport} RFMReport */

/**
 * @param {import("../parts/router.js").Visit} visit
 * @returns {import("../main.js").Drawn}
 */
export function draw(visit) {
  const { leaving, query } = visit;
  const id = newID();
  const date = h("input", { id, type: "date", value: query.get("asOf") ?? "", onchange: choose });
  function choose() {
    visit.remember({ asOf: date.value });
    report.reload();
  }

  const report = live(leaving, {
    async load(signal) {
      const asOf = query.get("asOf") ?? daysFrom(-1, await endOfOrders(signal));
      const found = await suite.rfm.report({ asOf }, { signal });
      date.value = asOf;
      return found;
    },
    draw(found) {
      if (found.customers === 0) return nobody(found);
      const { place, open } = behind(leaving, found.asOf);
      const map = rfmMap(found, (content, filter, title) => open(title, filter, content));
      return [h("div", {}, map, place), segments(found, open)];
    },
    shape: 10,
  });
  const values = live(leaving, {
    load: models,
    draw: (published) => (published.length === 0 ? noModel() : lifetimeValues(visit, published)),
    shape: 10,
  });
  values.classList.add("stacked");
  report.classList.add("rfm");

  if (query.get("at") === "segments") {
    // The start page leads to the customers' categories.
    report.reload().then(() => document.getElementById("segments")?.scrollIntoView());
  }
  return {
    title: t("retention.title"),
    lead: t("retention.lead"),
    content: [
      panel(
        t("retention.map.title"),
        {
          hint: t("retention.map.hint"), wide: true,
          controls: h("div", { class: "choice" }, h("label", { for: id }, t("retention.asOf")), date),
        },
        report,
      ),
      panel(t("retention.values.title"), { hint: t("retention.values.hint"), wide: true }, values),
      fitting(leaving, () => values.reload()),
    ],
  };
}

/** @param {RFMReport} report */
function nobody(report) {
  return empty(t("retention.map.none", { asOf: day(report.asOf) }), t("retention.map.noneAdvice"));
}

function noModel() {
  return empty(t("retention.values.none"), t("retention.values.noneAdvice"));
}

/**
 * @param {RFMReport} report
 * @param {(title: string, filter: import("./retention/map.js").Scores) => void} open Lists a segment's customers.
 */
function segments(report, open) {
  const largest = Math.max(...report.segments.map((segment) => segment.share));
  return h(
    "div", { id: "segments" },
    table(
      t("retention.segments.title", { customers: report.customers, asOf: day(report.asOf) }),
      [
        {
          title: t("retention.segments.name"), heads: true,
          cell: ({ segment }) => [
            h(
              "button",
              { type: "button", class: "as-link", onclick: () => open(t(`segments.${segment}`), { segment }) },
              t(`segments.${segment}`),
            ),
            h("small", { class: "block" }, t(`segmentTexts.${segment}`)),
          ],
        },
        { title: t("retention.segments.customers"), number: true, cell: (segment) => number(segment.customers) },
        {
          title: t("retention.segments.share"), number: true,
          cell: ({ share }) => h(
            "span", { class: "meter", style: { "--part": share / largest } }, percent(share, 1),
          ),
        },
        { title: t("retention.segments.spent"), number: true, cell: (segment) => number(segment.monetaryValue) },
      ],
      report.segments,
    ),
  );
}
