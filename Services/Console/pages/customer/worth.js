// @ts-check
/** What a customer is worth, and what to offer next. */

import { h } from "../../parts/element.js";
import { figureList } from "../../parts/figures.js";
import { empty, live, panel } from "../../parts/live.js";
import { models } from "../../parts/models.js";
import { endOfOrders, daysFrom } from "../../parts/period.js";
import { link } from "../../parts/router.js";
import { suite, unless } from "../../parts/suite.js";
import { day, estimate, number, percent, t } from "../../parts/words.js";

const horizonDays = 365;

/**
 * @param {string} customer
 * @param {AbortSignal} leaving
 */
export function worth(customer, leaving) {
  const value = live(leaving, {
    async load(signal) {
      const [published, end] = await Promise.all([models(signal), endOfOrders(signal)]);
      const source = published[0]?.source;
      const [life, standing, points] = await Promise.all([
        published.length === 0
          ? undefined
          : unless(suite.clv.get({ customer, horizonDays, source }, { signal }), "no_purchases", "not_found"),
        unless(suite.rfm.get({ customer, asOf: daysFrom(-1, end) }, { signal }), "no_purchases", "not_found"),
        unless(suite.loyalty.balance({ customer }, { signal }), "not_found"),
      ]);
      return { life, standing, points };
    },
    draw({ life, standing, points }) {
      const hasPoints = points !== undefined && points.active + points.pending + points.expired > 0;
      if (life === undefined && standing === undefined && !hasPoints) {
        return empty(t("customer.worth.none"), t("customer.worth.noneAdvice"));
      }
      const shown = [
        standing !== undefined &&
          h(
            "p", {},
            h("strong", {}, t(`segments.${standing.segment}`)), " ",
            t("customer.worth.scores", {
              r: standing.recencyScore, f: standing.frequencyScore, m: standing.monetaryScore, asOf: day(standing.asOf),
            }),
          ),
        life !== undefined &&
          figureList([
            { name: t("customer.worth.value"), value: estimate(life.expectedValue, life.currency) },
            { name: t("customer.worth.alive"), value: percent(life.probabilityAlive) },
            { name: t("customer.worth.purchases"), value: number(life.expectedPurchases, 1) },
          ]),
        hasPoints && figureList([{ name: t("customer.worth.points"), value: number(points.active) }]),
        life !== undefined && h("p", { class: "hint" }, t("customer.worth.horizon", { asOf: day(life.asOf) })),
      ];
      return shown.flatMap((piece) => (piece === false ? [] : [piece]));
    },
  });
  return panel(
    t("customer.worth.title"), { hint: t("customer.worth.hint") }, value,
    h("p", { class: "foot" }, h("a", { href: link("expansion", customer) }, t("customer.worth.next"))),
  );
}
