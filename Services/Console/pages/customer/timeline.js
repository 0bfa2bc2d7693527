// @ts-check
/** What happened to a customer, latest first. */

import { h } from "../../parts/element.js";
import { empty, live } from "../../parts/live.js";
import { suite } from "../../parts/suite.js";
import { growing } from "../../parts/table.js";
import { dayOf, money, number, t, time, tOr } from "../../parts/words.js";

/** @typedef {import("/ecrm.js").TimelineEntry} Entry */

const limit = 20;

/**
 * @param {string} customer
 * @param {AbortSignal} leaving
 */
export function timeline(customer, leaving) {
  return live(leaving, {
    load: (signal) => suite.customers.timeline({ customer, limit }, { signal }),
    draw: (page) =>
      page.items.length === 0
        ? empty(t("customer.timeline.none"), t("customer.timeline.noneAdvice"))
        : growing(
            leaving, page, (cursor, signal) => suite.customers.timeline({ customer, limit, cursor }, { signal }), list,
          ),
    shape: 8,
  });
}

/**
 * The entries below their days.
 * @param {Entry[]} entries
 */
function list(entries) {
  /** @type {Map<string, Entry[]>} */
  const days = new Map();
  for (const [place, entry] of entries.entries()) {
    if (isToldAlready(entry, entries[place - 1])) continue;
    const title = dayOf(entry.at);
    days.set(title, [...(days.get(title) ?? []), entry]);
  }
  return h(
    "div", { class: "timeline" },
    ...[...days].map(([title, those]) =>
      h("section", {}, h("h3", {}, title), h("ol", {}, ...those.map((entry) => h("li", {}, line(entry))))),
    ),
  );
}

/**
 * A link stands in the journal under both of its profiles; once is enough where both are one customer.
 * @param {Entry} entry
 * @param {Entry | undefined} before
 */
function isToldAlready({ type, details }, before) {
  const link = (/** @type {any} */ fact) => fact?.link;
  return before?.type === type && link(details) !== undefined && link(details) === link(before.details);
}

/** @param {Entry} entry */
function line({ at, type, source, details }) {
  const [noun] = type.split(".");
  return h(
    "div", { class: `happened ${noun}` },
    h("p", {}, h("strong", {}, tOr(`happenings.${type.replace(".", "-")}`, type)), " ", gist(type, details)),
    h("p", { class: "hint" }, h("time", { datetime: at }, time(at)), ` · ${source}`),
    h("details", {}, h("summary", {}, t("customer.timeline.fact")), h("pre", {}, JSON.stringify(details, null, 2))),
  );
}

/**
 * The fact in a few words, where its kind is known.
 * @param {string} type
 * @param {any} details
 * @returns {string}
 */
function gist(type, details) {
  const { total, externalId, source, evidence, reason, name, event, purpose, points, reference } = details ?? {};
  if (total?.amount !== undefined) return `${externalId ?? ""} ${money(total)}`;
  if (type.startsWith("profile.")) return [source, externalId].filter(Boolean).join(" ");
  if (type.startsWith("link.")) return [evidence, reason].filter(Boolean).join(": ");
  if (type.startsWith("consent.")) return tOr(`purposes.${purpose}`, String(purpose ?? ""));
  if (type.startsWith("points.")) {
    return points === undefined ? "" : [number(points), reference].filter(Boolean).join(" · ");
  }
  if (type.startsWith("event.")) return String(name ?? event ?? "");
  return "";
}
