// @ts-check
/** What customers are expected to bring against the probability that they still buy; and the list behind any point. */

import { chart, colour, faint } from "../../parts/chart.js";
import { h, newID } from "../../parts/element.js";
import { empty, live } from "../../parts/live.js";
import { named } from "../../parts/people.js";
import { suite } from "../../parts/suite.js";
import { growing, table } from "../../parts/table.js";
import { day, estimate, number, percent, t } from "../../parts/words.js";

/** @typedef {import("../../parts/models.js").Model} Model */
/** @typedef {import("/ecrm.js").ListedLifetimeValue} Value */

const pageLimit = 200;
/** Points that can still be told apart; the list has them by value, so these are the most valuable ones. */
const pointsLimit = 3_000;
const listLimit = 20;
/** How far around a point its list reaches, as parts of the two axes. */
const reach = 0.02;

/**
 * @param {import("../../parts/router.js").Visit} visit
 * @param {Model[]} published
 * @returns {Node[]}
 */
export function lifetimeValues(visit, published) {
  const { leaving, query } = visit;
  const id = newID();
  const wanted = published.find((model) => (model.source ?? "") === (query.get("source") ?? "")) ?? published[0];
  let model = wanted;
  const select = h(
    "select", { id, onchange: choose },
    ...published.map((one, place) => h("option", { value: place, selected: one === model }, sourceName(one))),
  );
  function choose() {
    model = published[Number(select.value)];
    visit.remember({ source: model.source });
    quality.replaceChildren(told(model));
    points.reload();
  }
  const quality = h("p", { class: "hint" }, told(model));
  const points = live(leaving, {
    load: async (signal) => ({ values: await all(model.source, signal), leaving }),
    draw: ({ values }) => [picture(leaving, values)],
    shape: 12,
  });
  return [
    h("div", { class: "choice" }, h("label", { for: id }, t("retention.values.orders")), select),
    quality,
    points,
  ];
}

/** @param {Model} model */
export function sourceName(model) {
  return model.source ?? t("retention.values.allSources");
}

/** @param {Model} model */
function told({ backtest, calibrationEnd, customers }) {
  return t("retention.values.quality", {
    customers, end: day(calibrationEnd), days: backtest.holdoutDays, predicted: Math.round(backtest.predicted),
    actual: backtest.actual, off: number(backtest.meanAbsoluteError, 2),
    own: number(backtest.baselineMeanAbsoluteError, 2),
  });
}

/**
 * @param {string | undefined} source
 * @param {AbortSignal} signal
 */
async function all(source, signal) {
  const values = [];
  const list = suite.clv.list({ sort: "value", source, limit: pageLimit }, { signal });
  for await (const value of list) {
    values.push(value);
    if (values.length === pointsLimit) break;
  }
  return values;
}

/**
 * @param {AbortSignal} leaving
 * @param {Value[]} values Highest first.
 */
function picture(leaving, values) {
  if (values.length === 0) return empty(t("retention.values.nobody"), t("retention.values.noneAdvice"));
  const currency = values[0].currency;
  const ceiling = values[0].expectedValue;
  const behind = h("div", { class: "behind" });
  let picked = /** @type {Value[]} */ ([]);
  /** @type {(() => void) | undefined} */
  let update;

  const low = part("retention.values.from", 0);
  const high = part("retention.values.to", 100);
  const least = h("input", { id: newID(), type: "number", min: 0, step: 10, value: 0, onchange: filter });
  function part(/** @type {string} */ _, /** @type {number} */ value) {
    return h("input", { id: newID(), type: "number", min: 0, max: 100, step: 5, value, onchange: filter });
  }
  const field = (/** @type {string} */ name, /** @type {HTMLInputElement} */ input) =>
    h("div", {}, h("label", { for: input.id }, t(`retention.values.${name}`)), input);

  function filter() {
    const [from, to] = [Number(low.value) / 100, Number(high.value) / 100];
    show(values.filter(({ probabilityAlive: alive, expectedValue: value }) =>
      alive >= from && alive <= to && value >= Number(least.value)));
  }
  /** @param {Value} point */
  function around(point) {
    const near = values.filter((value) =>
      Math.abs(value.probabilityAlive - point.probabilityAlive) <= reach
      && Math.abs(value.expectedValue - point.expectedValue) <= reach * ceiling);
    show(near);
  }
  /** @param {Value[]} some */
  function show(some) {
    picked = some;
    update?.();
    behind.replaceChildren(list(leaving, some));
  }

  const place = live(leaving, {
    async load() {
      const drawn = await chart(leaving, {
        label: t("retention.values.label", { count: values.length, most: estimate(ceiling, currency) }),
        shape: "tall",
        config: () => scatter(values, () => new Set(picked.length === values.length ? [] : picked), currency, around),
      });
      update = drawn.update;
      return drawn.place;
    },
    draw: (drawn) => drawn,
    shape: () => h("div", { class: "chart tall skeleton" }, h("span", { class: "bar" })),
  });
  show(values);
  return h(
    "div", { class: "scatter" },
    h("figure", {}, place, h("figcaption", { class: "hint" }, t("retention.values.caption"))),
    h(
      "div", {},
      h(
        "form", { class: "row fields", onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
        field("from", low), field("to", high), field("least", least),
      ),
      behind,
    ),
  );
}

/**
 * @param {Value[]} values
 * @param {() => Set<Value>} marked
 * @param {string} currency
 * @param {(point: Value) => void} pick
 */
function scatter(values, marked, currency, pick) {
  const dot = colour("dot");
  const chosen = colour("dot-picked");
  const isMarked = (/** @type {any} */ context) => marked().has(values[context.dataIndex]);
  return {
    type: "scatter",
    data: {
      datasets: [{
        data: values.map(({ probabilityAlive: x, expectedValue: y }) => ({ x, y })),
        backgroundColor: (/** @type {any} */ context) => (isMarked(context) ? faint(chosen, 0.9) : faint(dot, 0.35)),
        pointRadius: (/** @type {any} */ context) => (isMarked(context) ? 5 : 3.5),
        pointHoverRadius: 6,
        borderWidth: 0,
        clip: 8,
      }],
    },
    options: {
      maintainAspectRatio: false,
      animation: false,
      onClick(/** @type {unknown} */ _, /** @type {{ index: number }[]} */ hits) {
        if (hits.length > 0) pick(values[hits[0].index]);
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          displayColors: false,
          callbacks: {
            label: (/** @type {{ dataIndex: number }} */ { dataIndex }) => t("retention.values.point", {
              value: estimate(values[dataIndex].expectedValue, currency),
              alive: percent(values[dataIndex].probabilityAlive),
            }),
          },
        },
      },
      scales: {
        x: {
          min: 0, max: 1, title: { display: true, text: t("retention.values.alive") },
          ticks: { maxRotation: 0, callback: (/** @type {number} */ value) => percent(value) },
        },
        y: {
          min: 0, title: { display: true, text: t("retention.values.value") },
          ticks: { callback: (/** @type {number} */ value) => estimate(value, currency) },
        },
      },
    },
  };
}

/**
 * @param {AbortSignal} leaving
 * @param {Value[]} values
 */
function list(leaving, values) {
  if (values.length === 0) return empty(t("retention.values.noneHere"), t("retention.values.noneHereAdvice"));
  const page = (/** @type {number} */ start) => ({
    items: values.slice(start, start + listLimit),
    nextCursor: start + listLimit < values.length ? String(start + listLimit) : undefined,
  });
  return growing(leaving, page(0), async (cursor) => page(Number(cursor)), (items) => {
    const names = named(items.map((item) => item.customer), leaving);
    return table(
      t("retention.values.list", { count: values.length }),
      [
        { title: t("retention.values.customer"), heads: true, cell: (item) => names.get(item.customer) },
        {
          title: t("retention.values.value"), number: true,
          cell: (item) => estimate(item.expectedValue, item.currency),
        },
        { title: t("retention.values.alive"), number: true, cell: (item) => percent(item.probabilityAlive) },
        { title: t("retention.values.purchases"), number: true, cell: (item) => number(item.expectedPurchases, 1) },
      ],
      items,
    );
  });
}
