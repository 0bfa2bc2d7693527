// @ts-check
/** Which profiles make a customer and why, and the ways to change that: nothing is moved, and all can be taken back. */

import { askReason } from "../../parts/dialog.js";
import { h } from "../../parts/element.js";
import { empty, live, notice, panel } from "../../parts/live.js";
import { nameOf, picker } from "../../parts/people.js";
import { session } from "../../parts/session.js";
import { suite } from "../../parts/suite.js";
import { growing, table } from "../../parts/table.js";
import { moment, t } from "../../parts/words.js";

/** @typedef {import("../../parts/people.js").CustomerView} CustomerView */
/** @typedef {import("/ecrm.js").Link} Link */

/**
 * @param {CustomerView} view
 * @param {AbortSignal} leaving
 * @param {{ reload(): Promise<void> }} page What shows the customer, and has to again after a change.
 */
export function links(view, leaving, page) {
  const { customer } = view;
  const why = live(leaving, {
    load: (signal) => suite.identities.links({ customer, limit: 50 }, { signal }),
    draw: (first) =>
      first.items.length === 0
        ? empty(t("customer.links.none"), t("customer.links.noneAdvice"))
        : growing(
            leaving, first,
            (cursor, signal) => suite.identities.links({ customer, limit: 50, cursor }, { signal }),
            (items) => h("ul", { class: "links" }, ...items.map((one) => h("li", {}, line(one, view, leaving, page)))),
          ),
  });
  const join = h(
    "button", { type: "button", onclick: () => linkAnother(view, leaving, page) }, t("customer.links.link"));
  return panel(
    t("customer.links.title"),
    { hint: t("customer.links.hint"), controls: session.may("identities:write") && join },
    profiles(view),
    h("h3", {}, t("customer.links.why")),
    why,
  );
}

/** @param {CustomerView} view */
function profiles(view) {
  return table(
    t("customer.links.profiles"),
    [
      { title: t("customer.source"), heads: true, cell: (profile) => profile.source },
      { title: t("customer.links.number"), cell: (profile) => h("span", { class: "any" }, profile.externalId) },
      { title: t("customer.links.heard"), cell: (profile) => moment(profile.createdAt) },
    ],
    view.profiles,
  );
}

/**
 * @param {Link} link
 * @param {CustomerView} view
 * @param {AbortSignal} leaving
 * @param {{ reload(): Promise<void> }} page
 */
function line(link, view, leaving, page) {
  const holds = link.removedAt === undefined;
  const side = (/** @type {string} */ id) => {
    const profile = view.profiles.find((one) => one.profile === id);
    return profile === undefined ? id : `${profile.source} ${profile.externalId}`;
  };
  return h(
    "div", { class: holds ? "link" : "link removed" },
    h(
      "div", {},
      h("p", {}, h("strong", {}, evidence(link.evidence)), " ", !holds && h("span", { class: "tag withdrawn" },
        t("customer.links.removed"))),
      h("p", { class: "hint any" }, `${side(link.a)} — ${side(link.b)}`),
      h("p", { class: "hint" }, t("customer.since", { at: moment(link.createdAt) }), said(link.reason)),
      link.removedAt !== undefined &&
        h("p", { class: "hint" }, t("customer.links.until", { at: moment(link.removedAt) }), said(link.removedReason)),
    ),
    holds && session.may("identities:write") &&
      h(
        "button", { type: "button", class: "small", onclick: () => part(link, leaving, page) },
        t("customer.links.unlink"),
      ),
  );
}

/** @param {string | undefined} reason */
function said(reason) {
  return reason === undefined ? "" : `: “${reason}”`;
}

/** @param {string} text `manual`, `identify`, or a kind and a value. */
function evidence(text) {
  if (text === "manual" || text === "identify") return t(`customer.links.evidence.${text}`);
  const [kind, ...value] = text.split(":");
  return t("customer.links.evidence.value", { kind: t(`kinds.${kind}`), value: value.join(":") });
}

/**
 * @param {Link} link
 * @param {AbortSignal} leaving
 * @param {{ reload(): Promise<void> }} page
 */
function part(link, leaving, page) {
  askReason(leaving, {
    title: t("customer.links.unlinkTitle"),
    text: t("customer.links.unlinkText"),
    action: t("customer.links.unlink"),
    async act(reason) {
      const { a, b } = await suite.identities.unlink({ link: link.link, reason });
      notice(t(a === b ? "customer.links.stillOne" : "customer.links.parted"));
      await page.reload();
    },
  });
}

/**
 * @param {CustomerView} view
 * @param {AbortSignal} leaving
 * @param {{ reload(): Promise<void> }} page
 */
function linkAnother(view, leaving, page) {
  /** @type {string | undefined} */
  let other;
  const chosen = h("p", { class: "picked", role: "status" });
  const search = picker(leaving, t("customer.links.other"), (customer, found) => {
    other = customer;
    chosen.textContent = t("customer.links.chosen", { name: found === undefined ? customer : nameOf(found) });
  });
  askReason(leaving, {
    title: t("customer.links.linkTitle", { name: nameOf(view) }),
    text: t("customer.links.linkText"),
    action: t("customer.links.link"),
    more: [search, chosen],
    missing() {
      if (other === undefined) return t("customer.links.chooseFirst");
      if (view.profiles.some((profile) => profile.profile === other)) return t("customer.links.same");
      return undefined;
    },
    async act(reason) {
      await suite.identities.link({ a: view.customer, b: other ?? "", reason });
      notice(t("customer.links.linked"));
      await page.reload();
    },
  });
}
