// @ts-check
/** The value chain: what each activity came to, and the way to the facts behind it. */

import { band, tip } from "../parts/shapes.js";
import { h, newID } from "../parts/element.js";
import { amounts, difference, figureList } from "../parts/figures.js";
import { empty, live } from "../parts/live.js";
import { before, chosen, periodChoice } from "../parts/period.js";
import { link } from "../parts/router.js";
import { suite, valueOf } from "../parts/suite.js";
import { day, moment, number, percent, t } from "../parts/words.js";

/** @typedef {import("/ecrm.js").Scorecard} Scorecard */
/** @typedef {import("../parts/figures.js").Figure} Figure */

/**
 * @param {import("../parts/router.js").Visit} visit
 * @returns {import("../main.js").Drawn}
 */
export function draw(visit) {
  const picture = live(visit.leaving, {
    async load(signal) {
      const period = chosen(visit.query);
      const earlier = before(period);
      const [now, then] = await suite.batch(
        (calls) => [period, ...(earlier === undefined ? [] : [earlier])].map((one) => calls.scorecard.get(one)),
        { signal },
      );
      return { now: valueOf(now), then: then === undefined ? undefined : valueOf(then) };
    },
    draw: ({ now, then }) => [
      chain(now, then),
      h("p", { class: "hint" }, told(now)),
      ...(now.channelIntegration.profiles === 0 ? [nobodyYet()] : []),
    ],
    shape: sketch,
  });
  return {
    title: t("chain.title"),
    lead: t("chain.lead"),
    controls: periodChoice(visit, picture.reload),
    content: [picture],
  };
}

/** @param {Scorecard} card */
function told(card) {
  const to = new Date(Date.parse(card.to) - 1).toISOString();
  const values = { from: day(card.from), to: day(to), asOf: moment(card.asOf), zone: card.timeZone };
  return card.from === "1970-01-01" ? t("chain.allTime", values) : t("chain.between", values);
}

function nobodyYet() {
  return empty(t("chain.emptyTitle"), t("chain.empty"), " ", h("code", {}, "ecrm demo"));
}

/**
 * The picture: strategy and measurement above the three primary activities, what carries them below.
 * @param {Scorecard} now
 * @param {Scorecard | undefined} then
 */
function chain(now, then) {
  /**
   * @param {keyof Scorecard["acquisition" | "retention" | "expansion" | "channelIntegration" ] | string} name
   * @param {(card: any) => number | undefined} of
   * @param {(value: number) => string} [write]
   * @returns {Figure}
   */
  const figure = (name, of, write = number) => {
    const value = of(now);
    return {
      name: t(`chain.figures.${name}`),
      value: value === undefined ? undefined : write(value),
      change: then === undefined ? undefined : difference(value, of(then)),
    };
  };
  const share = (/** @type {number} */ value) => percent(value);
  const { acquisition, performanceMeasurement: work, expansion } = now;
  const only = (/** @type {string} */ name, /** @type {string | undefined} */ value) => ({
    name: t(`chain.figures.${name}`), value,
  });

  return h(
    "div",
    { class: "chain" },
    activity("strategy", link("retention", undefined, { at: "segments" }), band, []),
    activity("measurement", link("performance"), band, [
      only("latestOrder", work.latestOrderAt && day(work.latestOrderAt)),
      only("latestEvent", work.latestEventAt && day(work.latestEventAt)),
      figure("jobsSucceeded", (card) => card.performanceMeasurement.jobsSucceeded),
      figure("jobsFailed", (card) => card.performanceMeasurement.jobsFailed),
    ]),
    activity("acquisition", link("acquisition"), tip, [
      figure("visitors", (card) => card.acquisition.visitors),
      figure("newCustomers", (card) => card.acquisition.newCustomers),
      figure("identified", (card) => card.acquisition.identifiedVisitors),
      only("events", number(acquisition.events)),
    ]),
    activity("retention", link("retention"), tip, [
      figure("active", (card) => card.retention.activeCustomers),
      figure("repeat", (card) => card.retention.repeatRate, share),
      figure("second", (card) => card.retention.secondPurchaseRate, share),
      figure("lapsed", (card) => card.retention.lapsedCustomers),
    ]),
    activity("expansion", link("expansion"), tip, [
      only("revenue", amounts(expansion.revenue)),
      figure("orders", (card) => card.expansion.orders),
      only("average", amounts(expansion.averageOrder)),
      figure("perCustomer", (card) => card.expansion.ordersPerCustomer, (value) => number(value, 1)),
    ]),
    activity("channels", link("customers"), band, [
      figure("customers", (card) => card.channelIntegration.customers),
      figure("linked", (card) => card.channelIntegration.linkedCustomers),
      figure("reachable", (card) => card.channelIntegration.reachableForMarketing),
    ]),
    activity("information", link("developers"), band, [
      figure("profiles", (card) => card.channelIntegration.profiles),
    ]),
  );
}

/**
 * One activity: a link, its figures, and its shape behind them.
 * @param {string} name
 * @param {string} href
 * @param {(name: string) => SVGElement} shape
 * @param {Figure[]} figures
 */
function activity(name, href, shape, figures) {
  const heading = newID();
  return h(
    "section",
    { class: `activity ${name}`, "aria-labelledby": heading },
    shape(name),
    h(
      "div",
      { class: "words" },
      h("h2", { id: heading }, h("a", { href }, t(`chain.activities.${name}.title`))),
      h("p", {}, t(`chain.activities.${name}.text`)),
    ),
    figures.length > 0 && figureList(figures),
  );
}

/** The picture without figures, in the size it will have. */
function sketch() {
  const names = ["strategy", "measurement", "acquisition", "retention", "expansion", "channels", "information"];
  const primary = ["acquisition", "retention", "expansion"];
  return h(
    "div",
    { class: "chain skeleton" },
    h("span", { class: "unseen" }, t("live.loading")),
    ...names.map((name) =>
      h("div", { class: `activity ${name}` }, (primary.includes(name) ? tip : band)(name), h("span", { class: "bar" })),
    ),
  );
}
