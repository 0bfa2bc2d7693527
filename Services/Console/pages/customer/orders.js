// @ts-check
/** A customer's orders over all channels. */

import { h } from "../../parts/element.js";
import { empty, live } from "../../parts/live.js";
import { suite } from "../../parts/suite.js";
import { growing, table } from "../../parts/table.js";
import { moment, money, number, t } from "../../parts/words.js";

const limit = 10;

/**
 * @param {string} customer
 * @param {AbortSignal} leaving
 */
export function orders(customer, leaving) {
  return live(leaving, {
    load: (signal) => suite.orders.list({ customer, limit }, { signal }),
    draw: (page) =>
      page.items.length === 0
        ? empty(t("customer.orders.none"), t("customer.orders.noneAdvice"))
        : growing(leaving, page, (cursor, signal) => suite.orders.list({ customer, limit, cursor }, { signal }), list),
    shape: 5,
  });
}

/** @param {import("/ecrm.js").Order[]} rows */
function list(rows) {
  return table(
    t("customer.orders.title"),
    [
      { title: t("customer.orders.number"), heads: true, cell: (order) => order.externalId },
      { title: t("customer.orders.at"), cell: (order) => moment(order.orderedAt) },
      { title: t("customer.source"), cell: (order) => order.source },
      { title: t("customer.orders.status"), cell: (order) => t(`statuses.${order.status}`) },
      { title: t("customer.orders.lines"), cell: (order) => lines(order) },
      { title: t("customer.orders.total"), number: true, cell: (order) => money(order.total) },
    ],
    rows,
    { quiet: true },
  );
}

/** @param {import("/ecrm.js").Order} order */
function lines(order) {
  const shown = order.lines.map(({ sku, quantity, unitPrice }) =>
    h("li", {}, `${quantity} × ${sku}, `, money({ amount: unitPrice, currency: order.total.currency })),
  );
  if (shown.length <= 2) return h("ul", {}, ...shown);
  return h(
    "details", {},
    h("summary", {}, t("customer.orders.count", { n: shown.length, count: number(shown.length) })),
    h("ul", {}, ...shown),
  );
}
