// @ts-check
/** What a customer agreed to, and when that was recorded. */

import { h } from "../../parts/element.js";
import { empty, live, panel } from "../../parts/live.js";
import { suite } from "../../parts/suite.js";
import { growing, table } from "../../parts/table.js";
import { moment, t, tOr } from "../../parts/words.js";

/** @typedef {import("../../parts/people.js").CustomerView} CustomerView */
/** @typedef {CustomerView["consents"][number]} Consent */

/**
 * @param {CustomerView} view
 * @param {AbortSignal} leaving
 */
export function consents(view, leaving) {
  if (view.consents.length === 0) {
    const none = empty(t("customer.consents.none"), t("customer.consents.noneAdvice"));
    return panel(t("customer.consents.title"), { hint: t("customer.consents.hint") }, none);
  }
  const history = h("div", {});
  return panel(
    t("customer.consents.title"), { hint: t("customer.consents.hint") },
    consentTable(t("customer.consents.title"), view.consents),
    h("details", { ontoggle: open }, h("summary", {}, t("customer.consents.history")), history),
  );

  function open() {
    if (history.childElementCount > 0) return;
    history.append(
      live(leaving, {
        load: (signal) => suite.consents.history({ customer: view.customer }, { signal }),
        draw: (page) =>
          growing(
            leaving, page,
            (cursor, signal) => suite.consents.history({ customer: view.customer, cursor }, { signal }),
            (items) => consentTable(t("customer.consents.history"), items),
          ),
      }),
    );
  }
}

/**
 * @param {string} caption
 * @param {Consent[]} rows
 */
function consentTable(caption, rows) {
  return table(
    caption,
    [
      {
        title: t("customer.consents.purpose"), heads: true,
        cell: (one) => [tOr(`purposes.${one.purpose}`, one.purpose), h("small", { class: "block" }, one.basis)],
      },
      { title: t("customer.consents.channel"), cell: (one) => one.channel ?? t("customer.consents.everyChannel") },
      {
        title: t("customer.consents.state"),
        cell: (one) => h("span", { class: `tag ${one.state}` }, t(`customer.consents.states.${one.state}`)),
      },
      { title: t("customer.consents.recorded"), cell: (one) => moment(one.recordedAt) },
    ],
    rows,
    { quiet: true },
  );
}
