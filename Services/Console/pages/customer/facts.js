// @ts-check
/** What sources say of a customer: traits and identifiers, each with its source and time. */

import { h } from "../../parts/element.js";
import { empty, panel } from "../../parts/live.js";
import { table } from "../../parts/table.js";
import { moment, t, tOr } from "../../parts/words.js";

/** @typedef {import("../../parts/people.js").CustomerView} CustomerView */
/** @typedef {CustomerView["traits"][number]} Trait */

/** @param {CustomerView} view */
export function traits(view) {
  const current = view.traits.filter((trait) => trait.current);
  const earlier = view.traits.filter((trait) => !trait.current);
  return panel(
    t("customer.traits.title"), { hint: t("customer.traits.hint") },
    current.length === 0
      ? empty(t("customer.traits.none"), t("customer.traits.noneAdvice"))
      : traitTable(t("customer.traits.title"), current),
    earlier.length > 0 &&
      h(
        "details", {},
        h("summary", {}, t("customer.traits.earlier", { n: earlier.length, count: earlier.length })),
        traitTable(t("customer.traits.earlierTitle"), earlier),
      ),
  );
}

/**
 * @param {string} caption
 * @param {Trait[]} rows
 */
function traitTable(caption, rows) {
  return table(
    caption,
    [
      { title: t("customer.traits.name"), heads: true, cell: (trait) => traitName(trait.name) },
      { title: t("customer.traits.value"), cell: (trait) => written(trait.value) },
      { title: t("customer.source"), cell: (trait) => origin(trait) },
    ],
    rows,
    { quiet: true },
  );
}

/**
 * Who says it, and since when.
 * @param {{ source: string, at: string }} said
 */
function origin({ source, at }) {
  return [source, h("small", { class: "block" }, t("customer.since", { at: moment(at) }))];
}

/** @param {string} name */
function traitName(name) {
  // Names that nobody has translated are shown as sources say them, in words.
  return tOr(`traits.${name}`, name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase());
}

/** @param {import("/ecrm.js").JSONValue} value */
function written(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** @param {CustomerView} view */
export function identifiers(view) {
  return panel(
    t("customer.identifiers.title"), { hint: t("customer.identifiers.hint") },
    view.identifiers.length === 0
      ? empty(t("customer.identifiers.none"), t("customer.identifiers.noneAdvice"))
      : table(
          t("customer.identifiers.title"),
          [
            {
              title: t("customer.identifiers.value"), heads: true,
              cell: (one) => h("span", { class: "any" }, one.value),
            },
            {
              title: t("customer.identifiers.kind"),
              cell: (one) => [
                t(`kinds.${one.kind}`),
                h("small", { class: "block" }, t(`customer.identifiers.${one.verified ? "verified" : "unverified"}`)),
              ],
            },
            { title: t("customer.source"), cell: (one) => origin(one) },
          ],
          view.identifiers,
          { quiet: true },
        ),
  );
}
