// @ts-check
/** Customers as people know them: their names, the search for them, and lines that lead to them. */

import { h, newID } from "./element.js";
import { faultBox } from "./faults.js";
import { link } from "./router.js";
import { suite, valueOf } from "./suite.js";
import { t } from "./words.js";

/** @typedef {import("/ecrm.js").CustomerView} CustomerView */
/** @typedef {import("/ecrm.js").FoundCustomer} FoundCustomer */

/** Time without a key after which the search goes off. */
const typingMs = 160;
/** The shortest text that the search takes. */
export const shortestText = 2;

/**
 * The name to show: the person's, else what the customer can be recognised by.
 * @param {CustomerView} view
 */
export function nameOf(view) {
  const trait = (/** @type {string} */ name) => {
    const value = view.traits.find((one) => one.name === name && one.current)?.value;
    return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
  };
  const names = [trait("givenName") ?? trait("firstName"), trait("familyName") ?? trait("lastName")];
  const full = trait("name") ?? names.filter((name) => name !== undefined).join(" ");
  if (full !== "") return full;
  const known = ["email", "phone", "user", "loyaltyCard", "erp", "social", "anonymous"]
    .map((kind) => view.identifiers.find((one) => one.kind === kind)?.value)
    .find((value) => value !== undefined);
  const [profile] = view.profiles;
  return known ?? t("people.numbered", { source: profile.source, number: profile.externalId });
}

/**
 * The systems that know a customer.
 * @param {CustomerView} view
 */
export function sourcesOf(view) {
  return [...new Set(view.profiles.map((profile) => profile.source))].join(", ");
}

/**
 * The views of several customers by one request; who is gone by now is left out.
 * @param {readonly string[]} customers At most 50.
 * @param {AbortSignal} signal
 * @returns {Promise<Map<string, CustomerView>>}
 */
export async function viewsOf(customers, signal) {
  if (customers.length === 0) return new Map();
  const outcomes = await suite.batch((calls) => customers.map((customer) => calls.customers.get({ customer })), {
    signal,
  });
  const views = outcomes.flatMap((outcome) => {
    if (!outcome.ok && outcome.error.data.type === "not_found") return [];
    return [valueOf(outcome)];
  });
  return new Map(customers.flatMap((customer, place) => {
    const outcome = outcomes[place];
    return outcome.ok && views.includes(outcome.value) ? [[customer, outcome.value]] : [];
  }));
}

/**
 * A way to a customer, by id until the name is known.
 * @param {string} customer
 * @param {CustomerView | undefined} view
 */
export function wayTo(customer, view) {
  const text = view === undefined ? h("code", {}, customer) : nameOf(view);
  return h("a", { href: link("customers", customer) }, text);
}

/**
 * Ways to customers, by name as soon as the names are known.
 * @param {string[]} customers
 * @param {AbortSignal} leaving
 * @returns {Map<string, HTMLElement>}
 */
export function named(customers, leaving) {
  const places = new Map(customers.map((customer) => [customer, h("span", {}, wayTo(customer, undefined))]));
  fill();
  return places;

  async function fill() {
    for (let start = 0; start < customers.length; start += 50) {
      const views = await viewsOf(customers.slice(start, start + 50), leaving).catch(() => new Map());
      for (const [customer, view] of views) places.get(customer)?.replaceChildren(wayTo(customer, view));
    }
  }
}

/**
 * A field that searches as one types. What was asked before and is not answered yet is given up.
 * @param {AbortSignal} leaving
 * @param {object} options
 * @param {string} options.label
 * @param {string} [options.text] What it begins with.
 * @param {boolean} [options.isLabelSeen]
 * @param {(text: string) => void} [options.typed]
 * @param {(found: { items: FoundCustomer[], nextCursor?: string } | undefined, text: string) => void} options.found
 *   Told of what was found, or of undefined when there is too little to search for.
 */
export function search(leaving, { label, text = "", isLabelSeen = true, typed, found }) {
  const id = newID();
  const problem = h("div", {});
  const field = h("input", {
    id, type: "search", value: text, autocomplete: "off", spellcheck: "false", placeholder: t("people.placeholder"),
    oninput: type,
  });
  let current = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause;
  leaving.addEventListener("abort", stop, { once: true });

  function stop() {
    clearTimeout(pause);
    current.abort();
  }

  function type() {
    stop();
    typed?.(field.value.trim());
    pause = setTimeout(ask, typingMs);
  }

  async function ask() {
    const text = field.value.trim();
    const mine = (current = new AbortController());
    problem.replaceChildren();
    if (text.length < shortestText) return found(undefined, text);
    field.setAttribute("aria-busy", "true");
    try {
      const page = await suite.customers.search({ text, limit: 20 }, { signal: mine.signal });
      if (!mine.signal.aborted) found(page, text);
    } catch (error) {
      if (!mine.signal.aborted) problem.replaceChildren(faultBox(error, ask));
    }
    if (mine === current) field.removeAttribute("aria-busy");
  }

  if (text !== "") ask();
  const place = h(
    "div", { class: "search", role: "search" },
    h("label", { for: id, class: !isLabelSeen && "unseen" }, label), field, problem,
  );
  return { place, field };
}

/**
 * Search for one customer to go on with: what is found stands below the field as buttons.
 * @param {AbortSignal} leaving
 * @param {string} label
 * @param {(customer: string, view: CustomerView | undefined) => void} pick
 */
export function picker(leaving, label, pick) {
  const list = h("ul", { class: "found" });
  const said = h("p", { class: "hint", role: "status" });
  const { place } = search(leaving, {
    label,
    async found(page) {
      const items = page?.items.slice(0, 6) ?? [];
      const ids = items.map((item) => item.customer);
      said.textContent = page === undefined ? "" : t("people.found", { n: items.length, count: items.length });
      const views = await viewsOf(ids, leaving).catch(() => new Map());
      list.replaceChildren(...ids.map((id) => h("li", {}, choice(id, views.get(id)))));
    },
  });

  /**
   * @param {string} customer
   * @param {CustomerView | undefined} view
   */
  function choice(customer, view) {
    function choose() {
      list.replaceChildren();
      said.textContent = "";
      pick(customer, view);
    }
    return h(
      "button", { type: "button", class: "quiet", onclick: choose },
      h("span", {}, view === undefined ? customer : nameOf(view)),
      view !== undefined && h("small", {}, sourcesOf(view)),
    );
  }

  return h("div", { class: "picker" }, place, said, list);
}
