// @ts-check
/** The search for customers, as one types. */

import { h } from "../parts/element.js";
import { empty } from "../parts/live.js";
import { search, sourcesOf, viewsOf, wayTo } from "../parts/people.js";
import { link } from "../parts/router.js";
import { suite } from "../parts/suite.js";
import { growing } from "../parts/table.js";
import { amounts } from "../parts/figures.js";
import { day, percent, t } from "../parts/words.js";

/** @typedef {import("../parts/people.js").CustomerView} CustomerView */
/** @typedef {import("../parts/people.js").FoundCustomer} FoundCustomer */

/**
 * @param {import("../parts/router.js").Visit} visit
 * @returns {import("../main.js").Drawn}
 */
export function draw(visit) {
  const said = h("p", { class: "hint", role: "status" });
  const results = h("div", {}, start());
  let listing = new AbortController();
  visit.leaving.addEventListener("abort", () => listing.abort(), { once: true });

  const { place } = search(visit.leaving, {
    label: t("customers.search"),
    text: visit.query.get("q") ?? "",
    typed: (text) => visit.remember({ q: text }),
    found(page, text) {
      listing.abort();
      listing = new AbortController();
      if (page === undefined) {
        said.textContent = text === "" ? "" : t("customers.tooShort");
        results.replaceChildren(start());
        return;
      }
      const n = page.items.length;
      const isAll = page.nextCursor === undefined;
      said.textContent = isAll ? t("people.found", { n, count: n }) : t("customers.best", { n });
      if (n === 0) results.replaceChildren(empty(t("customers.nobody", { text }), t("customers.nobodyAdvice")));
      else results.replaceChildren(list(text, page, listing.signal));
    },
  });
  return {
    title: t("customers.title"),
    lead: t("customers.lead"),
    content: [h("div", { class: "finder" }, place, said), results],
  };
}

function start() {
  return empty(t("customers.startTitle"), t("customers.start"));
}

/**
 * @param {string} text
 * @param {{ items: FoundCustomer[], nextCursor?: string }} first
 * @param {AbortSignal} leaving
 */
function list(text, first, leaving) {
  /** @type {Map<string, CustomerView>} */
  const views = new Map();
  const next = (/** @type {string} */ cursor, /** @type {AbortSignal} */ signal) =>
    suite.customers.search({ text, limit: 20, cursor }, { signal });

  return growing(leaving, first, next, (items) => {
    const lines = items.map((item) => ({ item, place: h("li", {}) }));
    for (const { item, place } of lines) place.replaceChildren(line(item, views.get(item.customer)));
    name(lines.filter(({ item }) => !views.has(item.customer)));
    return h("ul", { class: "hits" }, ...lines.map(({ place }) => place));
  });

  /** Fills in who they are, which a search does not answer. */
  async function name(/** @type {{ item: FoundCustomer, place: HTMLElement }[]} */ lines) {
    const ids = lines.map(({ item }) => item.customer);
    // Without it the lines stay as they are, with what was found.
    const found = await viewsOf(ids, leaving).catch(() => new Map());
    for (const { item, place } of lines) {
      const view = found.get(item.customer);
      if (view === undefined) continue;
      views.set(item.customer, view);
      const isFocused = place.contains(document.activeElement);
      place.replaceChildren(line(item, view));
      if (isFocused) place.querySelector("a")?.focus();
    }
  }
}

/**
 * @param {FoundCustomer} item
 * @param {CustomerView | undefined} view
 */
function line({ customer, matches, score }, view) {
  const found = h("p", { class: "hit-matches" }, ...matches.map((match) => h("mark", {}, match)));
  if (view === undefined) {
    const way = h("a", { class: "hit-name", href: link("customers", customer) }, matches.join(" "));
    return h("article", { class: "hit" }, h("h2", {}, way), h("p", { class: "hint" }, h("span", { class: "bar" })));
  }
  const way = wayTo(customer, view);
  way.className = "hit-name";
  const facts = [
    place(view),
    t("people.profiles", { n: view.profiles.length, count: view.profiles.length, sources: sourcesOf(view) }),
    ...view.orderTotals.map((total) =>
      t("customers.orders", {
        n: total.orders, count: total.orders, revenue: amounts([total.revenue]) ?? "", last: day(total.lastOrderedAt),
      }),
    ),
  ].filter((fact) => fact !== undefined);
  return h(
    "article", { class: "hit" },
    h("h2", {}, way),
    h("p", { class: "hint" }, facts.join(" · ")),
    h(
      "div", { class: "hit-why" }, found,
      h("span", { class: "likeness", title: t("customers.likeness") }, percent(score)),
    ),
  );
}

/**
 * Where they live, as far as it is known.
 * @param {CustomerView} view
 */
function place(view) {
  const parts = ["locality", "city", "region"].flatMap((name) => {
    const value = view.traits.find((trait) => trait.name === name && trait.current)?.value;
    return typeof value === "string" ? [value] : [];
  });
  return parts.length === 0 ? undefined : parts.join(", ");
}
