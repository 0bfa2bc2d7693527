// @ts-check
/** The single view of a customer, over all channels. */

import { consents } from "./customer/consents.js";
import { identifiers, traits } from "./customer/facts.js";
import { links } from "./customer/links.js";
import { orders } from "./customer/orders.js";
import { timeline } from "./customer/timeline.js";
import { worth } from "./customer/worth.js";
import { h } from "../parts/element.js";
import { amounts, figureList } from "../parts/figures.js";
import { live, panel } from "../parts/live.js";
import { nameOf, sourcesOf } from "../parts/people.js";
import { link } from "../parts/router.js";
import { suite } from "../parts/suite.js";
import { day, number, t } from "../parts/words.js";

/** @typedef {import("../parts/people.js").CustomerView} CustomerView */

/**
 * @param {import("../parts/router.js").Visit} visit
 * @returns {import("../main.js").Drawn}
 */
export function draw(visit) {
  const customer = visit.thing ?? "";
  const { leaving } = visit;
  /** @type {import("../parts/live.js").Live} */
  const view = live(leaving, {
    load: (signal) => suite.customers.get({ customer }, { signal }),
    draw(found) {
      const title = document.querySelector("main h1");
      if (title !== null) title.textContent = nameOf(found);
      document.title = `${nameOf(found)} · e-CRM`;
      return [
        summary(found),
        h(
          "div", { class: "columns" },
          h("div", {}, traits(found), identifiers(found), consents(found, leaving)),
          h("div", {}, links(found, leaving, view), worth(found.customer, leaving)),
        ),
      ];
    },
    shape: 8,
  });
  return {
    title: t("customer.title"),
    controls: h("a", { class: "button", href: link("customers") }, t("customer.back")),
    content: [
      view,
      panel(t("customer.orders.title"), { wide: true }, orders(customer, leaving)),
      panel(
        t("customer.timeline.title"), { wide: true, hint: t("customer.timeline.hint") }, timeline(customer, leaving)),
    ],
  };
}

/** @param {CustomerView} view */
function summary(view) {
  const totals = view.orderTotals;
  const orders = totals.reduce((sum, total) => sum + total.orders, 0);
  const last = totals.map((total) => total.lastOrderedAt).sort().at(-1);
  return h(
    "div", { class: "summary" },
    h("p", { class: "hint" }, t("customer.known", { sources: sourcesOf(view) }), " ", h("code", {}, view.customer)),
    figureList([
      { name: t("customer.figures.profiles"), value: number(view.profiles.length) },
      { name: t("customer.figures.orders"), value: number(orders) },
      { name: t("customer.figures.revenue"), value: amounts(totals.map((total) => total.revenue)) },
      { name: t("customer.figures.last"), value: last && day(last) },
    ]),
  );
}
