// @ts-check
/** Who is behind a cell of the RFM map or a segment: a list that leads to each customer. */

import { h } from "../../parts/element.js";
import { live } from "../../parts/live.js";
import { named } from "../../parts/people.js";
import { suite } from "../../parts/suite.js";
import { growing, table } from "../../parts/table.js";
import { number, t } from "../../parts/words.js";

const limit = 10;

/**
 * The place for it, empty until something is chosen.
 * @param {AbortSignal} leaving
 * @param {string} asOf
 */
export function behind(leaving, asOf) {
  const place = h("div", { class: "inside" }, h("p", { class: "hint" }, t("retention.map.choose")));

  /**
   * @param {string} title
   * @param {import("./map.js").Scores} filter
   * @param {Node} [more] What else there is to say.
   */
  function open(title, filter, more) {
    const heading = h("h3", { tabindex: -1 }, title);
    const list = live(leaving, {
      load: (signal) => suite.rfm.list({ asOf, limit, ...filter }, { signal }),
      draw: (page) =>
        growing(
          leaving, page, (cursor, signal) => suite.rfm.list({ asOf, limit, ...filter, cursor }, { signal }),
          (items) => customers(items, leaving),
        ),
      shape: 6,
    });
    place.replaceChildren(...[heading, more, list].flatMap((piece) => (piece === undefined ? [] : [piece])));
    // The list may be far from what was chosen.
    heading.focus();
  }

  return { place, open };
}

/**
 * @param {import("/ecrm.js").CustomerRFM[]} items
 * @param {AbortSignal} leaving
 */
function customers(items, leaving) {
  const names = named(items.map((item) => item.customer), leaving);
  return table(
    t("retention.behind.caption"),
    [
      { title: t("retention.values.customer"), heads: true, cell: (item) => names.get(item.customer) },
      { title: t("retention.behind.spent"), number: true, cell: (item) => number(item.monetaryValue) },
      { title: t("retention.behind.orders"), number: true, cell: (item) => number(item.frequency) },
      { title: t("retention.behind.days"), number: true, cell: (item) => number(item.recencyDays) },
    ],
    items,
  );
}
