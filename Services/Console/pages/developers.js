// @ts-check
/** Every method of the services, to search and to try. */

import { h, newID, prose } from "../parts/element.js";
import { allMethods } from "../parts/contracts.js";
import { empty, live } from "../parts/live.js";
import { link } from "../parts/router.js";
import { services } from "../parts/suite.js";
import { number, t } from "../parts/words.js";

/** @typedef {import("../parts/contracts.js").Method} Method */

/**
 * @param {import("../parts/router.js").Visit} visit
 * @returns {import("../main.js").Drawn}
 */
export function draw(visit) {
  const id = newID();
  const said = h("p", { class: "hint", role: "status" });
  const results = h("div", { class: "methods" });
  const field = h("input", {
    id, type: "search", value: visit.query.get("q") ?? "", autocomplete: "off", spellcheck: "false",
    placeholder: t("developers.placeholder"), oninput: filter,
  });
  /** @type {Method[]} */
  let methods = [];

  function filter() {
    const words = field.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    visit.remember({ q: field.value.trim() });
    const found = methods.filter((method) => words.every((word) => text(method).includes(word)));
    said.textContent = t("developers.found", { n: found.length, count: found.length });
    results.replaceChildren(
      ...(found.length === 0
        ? [empty(t("developers.none"), t("developers.noneAdvice"))]
        : services.map((service) => group(service, found.filter((method) => method.service === service)))),
    );
  }

  const list = live(visit.leaving, {
    load: allMethods,
    draw(found) {
      methods = found.methods;
      filter();
      const gone = found.missing.map((service) =>
        h("p", { class: "fault", role: "alert" }, t("developers.missing", { service })),
      );
      return [...gone, results];
    },
    shape: 12,
  });
  return {
    title: t("developers.title"),
    lead: t("developers.lead"),
    content: [
      h("div", { class: "finder" }, h("div", { class: "search", role: "search" },
        h("label", { for: id }, t("developers.search")), field), said),
      list,
    ],
  };
}

/** @param {Method} method */
function text({ service, name, description, params }) {
  return [service, name, description, ...params.map((param) => param.name)].join(" ").toLowerCase();
}

/**
 * @param {string} service
 * @param {Method[]} methods
 */
function group(service, methods) {
  if (methods.length === 0) return h("span", { hidden: true });
  return h(
    "section", { class: "panel" },
    h(
      "header", {},
      h(
        "div", {},
        h("h2", {}, t(`services.${service}`)),
        h("p", { class: "hint" }, h("code", {}, service), ` · ${number(methods.length)}`),
      ),
      h("a", { href: `/${service}/openrpc.json` }, "openrpc.json"),
    ),
    h(
      "ul", { class: "method-list" },
      ...methods.map((method) =>
        h(
          "li", {},
          h("a", { href: link("developers", address(method)) }, h("code", {}, method.name)),
          h("span", { class: `tag ${method.access.effect}` }, t(`effects.${method.access.effect}`)),
          h("p", { class: "hint", lang: "en" }, prose(method.summary)),
        ),
      ),
    ),
  );
}

/**
 * The name of a method; with its service where every service has one of this name.
 * @param {Method} method
 */
function address({ service, name }) {
  return /^(jobs|rpc)\./.test(name) ? `${service}:${name}` : name;
}
