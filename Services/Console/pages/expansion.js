// @ts-check
/** What to offer next: recommendations for a customer with their reasons, and what goes with a product. */

import { h, newID } from "../parts/element.js";
import { empty, live, panel } from "../parts/live.js";
import { models } from "../parts/models.js";
import { picker, viewsOf, wayTo } from "../parts/people.js";
import { go, link } from "../parts/router.js";
import { suite, unless } from "../parts/suite.js";
import { table } from "../parts/table.js";
import { estimate, moment, number, percent, t } from "../parts/words.js";

/** @typedef {import("../parts/router.js").Visit} Visit */
/** @typedef {import("/ecrm.js").RecommendedProduct} Product */

/**
 * @param {Visit} visit
 * @returns {import("../main.js").Drawn}
 */
export function draw(visit) {
  return {
    title: t("expansion.title"),
    lead: t("expansion.lead"),
    content: [
      panel(
        t("expansion.next.title"), { hint: t("expansion.next.hint"), wide: true },
        picker(visit.leaving, t("expansion.next.search"), (customer) => go(link("expansion", customer))),
        visit.thing === undefined ? suggestions(visit) : recommendations(visit, visit.thing),
      ),
      similar(visit),
      learnt(visit),
    ],
  };
}

/**
 * Customers that are worth it, for a beginning.
 * @param {Visit} visit
 */
function suggestions({ leaving }) {
  return live(leaving, {
    async load(signal) {
      const [model] = await models(signal);
      if (model === undefined) return [];
      const { items } = await suite.clv.list({ sort: "value", source: model.source, limit: 5 }, { signal });
      const views = await viewsOf(items.map((item) => item.customer), signal);
      return items.map((item) => ({ ...item, view: views.get(item.customer) }));
    },
    draw: (items) =>
      items.length === 0
        ? empty(t("expansion.next.choose"), t("expansion.next.chooseAdvice"))
        : table(
            t("expansion.next.best"),
            [
              {
                title: t("retention.values.customer"), heads: true,
                cell: ({ customer, view }) => {
                  const way = wayTo(customer, view);
                  way.href = link("expansion", customer);
                  return way;
                },
              },
              {
                title: t("retention.values.value"), number: true,
                cell: (item) => estimate(item.expectedValue, item.currency),
              },
              { title: t("retention.values.alive"), number: true, cell: (item) => percent(item.probabilityAlive) },
            ],
            items,
          ),
  });
}

/**
 * @param {Visit} visit
 * @param {string} customer
 */
function recommendations(visit, customer) {
  const { leaving, query } = visit;
  const again = h("input", { id: newID(), type: "checkbox", onchange: choose });
  again.checked = query.get("bought") === "yes";
  function choose() {
    visit.remember({ bought: again.checked ? "yes" : undefined });
    list.reload();
  }
  const list = live(leaving, {
    async load(signal) {
      const [found, view] = await Promise.all([
        unless(
          suite.recommendations.forCustomer({ customer, limit: 20, includeBought: again.checked }, { signal }),
          "not_found",
        ),
        unless(suite.customers.get({ customer }, { signal }), "not_found", "forbidden"),
      ]);
      return { items: found?.items, view };
    },
    draw({ items, view }) {
      const who = h("p", { class: "picked" }, t("expansion.next.for"), " ", wayTo(customer, view));
      if (items === undefined) return [who, empty(t("expansion.next.untrained"), t("expansion.next.untrainedAdvice"))];
      if (items.length > 0) return [who, recommended(items)];
      return [who, empty(t("expansion.next.none"), t(`expansion.next.${again.checked ? "noneAtAll" : "noneAdvice"}`))];
    },
    shape: 6,
  });
  return h(
    "div", { class: "stacked" },
    h("p", { class: "check" }, again, h("label", { for: again.id }, t("expansion.next.bought"))),
    list,
  );
}

/** @param {Product[]} items */
function recommended(items) {
  const why = (/** @type {Product} */ { basis, reasons }) =>
    basis === "popularity"
      ? t("expansion.next.popular")
      : h(
          "ul", { class: "reasons" },
          ...reasons.map(({ sku, share }) =>
            h("li", {}, t("expansion.next.because", { sku }), " ",
              h("span", { class: "meter", style: { "--part": share } }, percent(share))),
          ),
        );
  return table(
    t("expansion.next.caption"),
    [
      { title: t("expansion.product"), heads: true, cell: (item) => item.sku },
      { title: t("expansion.next.why"), cell: why },
      {
        title: t("expansion.score"), number: true,
        cell: (item) => number(item.score, item.basis === "popularity" ? 0 : 2),
      },
    ],
    items,
  );
}

/** @param {Visit} visit */
function similar(visit) {
  const { leaving, query } = visit;
  const field = h("input", { id: newID(), value: query.get("sku") ?? "", autocomplete: "off", required: true });
  const list = h("div", {});
  function show(/** @type {Event | undefined} */ event) {
    event?.preventDefault();
    const sku = field.value.trim();
    if (sku === "") return;
    visit.remember({ sku });
    list.replaceChildren(
      live(leaving, {
        load: (signal) => unless(suite.recommendations.similar({ sku, limit: 20 }, { signal }), "not_found"),
        draw: (found) =>
          found === undefined || found.items.length === 0
            ? empty(t("expansion.similar.none", { sku }), t("expansion.similar.noneAdvice"))
            : table(
                t("expansion.similar.caption", { sku }),
                [
                  { title: t("expansion.product"), heads: true, cell: (item) => item.sku },
                  { title: t("expansion.score"), number: true, cell: (item) => number(item.score, 3) },
                ],
                found.items,
              ),
      }),
    );
  }
  if (field.value !== "") show(undefined);
  return panel(
    t("expansion.similar.title"), { hint: t("expansion.similar.hint"), wide: true },
    h(
      "form", { class: "row fields", onsubmit: show },
      h("div", {}, h("label", { for: field.id }, t("expansion.similar.sku")), field),
      h("button", { type: "submit" }, t("expansion.similar.show")),
    ),
    list,
  );
}

/**
 * What was learnt, and from what.
 * @param {Visit} visit
 */
function learnt({ leaving }) {
  const list = live(leaving, {
    async load(signal) {
      const { items } = await suite.on("expansion").jobs.list({ state: "succeeded", limit: 50 }, { signal });
      return items.filter((job) => job.name === "recommendations.train").slice(0, 5);
    },
    draw: (jobs) =>
      jobs.length === 0
        ? empty(t("expansion.learnt.none"), t("expansion.learnt.noneAdvice"), " ",
            h("a", { href: link("developers", "recommendations.train") }, "recommendations.train"))
        : table(
            t("expansion.learnt.title"),
            [
              { title: t("expansion.learnt.at"), heads: true, cell: (job) => moment(job.finishedAt ?? job.createdAt) },
              { title: t("expansion.learnt.customers"), number: true, cell: (job) => count(job, "customers") },
              { title: t("expansion.learnt.products"), number: true, cell: (job) => count(job, "products") },
            ],
            jobs,
            { quiet: true },
          ),
  });
  return panel(t("expansion.learnt.title"), { hint: t("expansion.learnt.hint"), wide: true }, list);
}

/**
 * @param {import("/ecrm.js").Job} job
 * @param {string} name
 */
function count({ result }, name) {
  const value = /** @type {any} */ (result)?.[name];
  return typeof value === "number" ? number(value) : "–";
}
