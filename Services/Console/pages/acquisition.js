// @ts-check
/** Who comes, and how far they get: the funnel, and the sessions of one visitor. */

import { h } from "../parts/element.js";
import { empty, live, panel } from "../parts/live.js";
import { nameOf, picker, wayTo } from "../parts/people.js";
import { chosen, periodChoice } from "../parts/period.js";
import { suite } from "../parts/suite.js";
import { growing, table } from "../parts/table.js";
import { duration, moment, number, t } from "../parts/words.js";
import { funnel } from "./acquisition/funnel.js";

/** @typedef {import("../parts/router.js").Visit} Visit */

/**
 * @param {Visit} visit
 * @returns {import("../main.js").Drawn}
 */
export function draw(visit) {
  const way = funnel(visit, () => chosen(visit.query));
  return {
    title: t("acquisition.title"),
    lead: t("acquisition.lead"),
    controls: periodChoice(visit, way.reload),
    content: [way.place, sessions(visit)],
  };
}

/** @param {Visit} visit */
function sessions(visit) {
  const { leaving, query } = visit;
  const who = h("p", { class: "picked", role: "status" });
  const list = h("div", {}, empty(t("acquisition.sessions.choose"), t("acquisition.sessions.chooseAdvice")));
  const search = picker(leaving, t("acquisition.sessions.search"), (customer, view) => {
    visit.remember({ customer });
    show(customer, view === undefined ? customer : nameOf(view));
  });

  /**
   * @param {string} customer
   * @param {string} [name]
   */
  async function show(customer, name) {
    list.replaceChildren(
      live(leaving, {
        load: (signal) => suite.sessions.list({ customer, limit: 20 }, { signal }),
        draw: (page) =>
          page.items.length === 0
            ? empty(t("acquisition.sessions.none"), t("acquisition.sessions.noneAdvice"))
            : growing(
                leaving, page,
                (cursor, signal) => suite.sessions.list({ customer, limit: 20, cursor }, { signal }),
                sessionTable,
              ),
      }),
    );
    if (name !== undefined) return who.replaceChildren(t("acquisition.sessions.of"), " ", wayToNamed(customer, name));
    // Came here by a link: the name is not known yet.
    const view = await suite.customers.get({ customer }, { signal: leaving }).catch(() => undefined);
    who.replaceChildren(t("acquisition.sessions.of"), " ", wayTo(customer, view));
  }

  const known = query.get("customer");
  if (known !== null) show(known);
  return panel(
    t("acquisition.sessions.title"), { hint: t("acquisition.sessions.hint"), wide: true }, search, who, list,
  );
}

/**
 * @param {string} customer
 * @param {string} name
 */
function wayToNamed(customer, name) {
  const way = wayTo(customer, undefined);
  way.replaceChildren(name);
  return way;
}

/** @param {import("/ecrm.js").Session[]} rows */
function sessionTable(rows) {
  const seconds = (/** @type {import("/ecrm.js").Session} */ { startedAt, endedAt }) =>
    (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
  return table(
    t("acquisition.sessions.title"),
    [
      { title: t("acquisition.sessions.began"), heads: true, cell: (session) => moment(session.startedAt) },
      { title: t("acquisition.sessions.lasted"), number: true, cell: (session) => duration(seconds(session)) },
      { title: t("acquisition.sessions.events"), number: true, cell: (session) => number(session.events) },
      { title: t("acquisition.sessions.first"), cell: (session) => h("code", {}, session.firstEvent) },
      { title: t("acquisition.sessions.last"), cell: (session) => h("code", {}, session.lastEvent) },
    ],
    rows,
    { quiet: true },
  );
}
