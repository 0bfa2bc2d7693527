// @ts-check
/** One method: what it takes and answers, its example, and the way to run it here. */

import { allMethods, resolved, typeName } from "../parts/contracts.js";
import { h, prose } from "../parts/element.js";
import { empty, live, panel } from "../parts/live.js";
import { link } from "../parts/router.js";
import { table } from "../parts/table.js";
import { t } from "../parts/words.js";
import { runner } from "./developers/run.js";

/** @typedef {import("../parts/contracts.js").Method} Method */

/**
 * @param {import("../parts/router.js").Visit} visit
 * @returns {import("../main.js").Drawn}
 */
export function draw(visit) {
  const [service, name] = (visit.thing ?? "").includes(":") ? (visit.thing ?? "").split(":") : [undefined, visit.thing];
  const body = live(visit.leaving, {
    async load(signal) {
      const { methods } = await allMethods(signal);
      return methods.find((one) => one.name === name && (service === undefined || one.service === service));
    },
    draw: (method) =>
      method === undefined
        ? empty(t("method.none", { name: name ?? "" }), t("method.noneAdvice"))
        : described(method, visit.leaving),
    shape: 10,
  });
  return {
    title: name ?? "",
    controls: h("a", { class: "button", href: link("developers") }, t("method.back")),
    content: [body],
  };
}

/**
 * @param {Method} method
 * @param {AbortSignal} leaving
 * @returns {Node[]}
 */
function described(method, leaving) {
  const { access } = method;
  const told = method.description.split("\n\n");
  return [
    h("div", { class: "summary", lang: "en" }, ...told.map((part) => h("p", {}, prose(part)))),
    h(
      "p", { class: "hint about-method" },
      t(`services.${method.service}`), " · ", t(`effects.${access.effect}`), " · ",
      access.scope === undefined
        ? t("method.open")
        : t("method.access", { scope: access.scope, roles: (access.roles ?? []).join(", ") }),
    ),
    h(
      "div", { class: "columns" },
      h("div", {}, params(method), answer(method), errors(method)),
      h("div", { class: "beside-run" }, runner(method, leaving)),
    ),
  ];
}

/** @param {Method} method */
function params(method) {
  if (method.params.length === 0) return panel(t("method.params"), {}, h("p", { class: "hint" }, t("method.noParams")));
  return panel(
    t("method.params"), {},
    table(
      t("method.params"),
      [
        { title: t("method.name"), heads: true, cell: (param) => h("code", {}, param.name) },
        { title: t("method.type"), cell: (param) => h("code", {}, typeName(param.schema)) },
        { title: t("method.needed"), cell: (param) => t(param.required ? "method.required" : "method.optional") },
        { title: t("method.meaning"), cell: (param) => h("span", { lang: "en" }, prose(param.description ?? "")) },
      ],
      method.params,
      { quiet: true },
    ),
    ...method.params.map((param) => shape(param.schema, method.schemas)),
  );
}

/** @param {Method} method */
function answer(method) {
  return panel(
    t("method.answer"), {},
    shape(method.result.schema, method.schemas) || h("p", {}, h("code", {}, typeName(method.result.schema))),
  );
}

/**
 * The members of an object of the contract, those within them folded.
 * @param {any} schema
 * @param {Record<string, any>} schemas
 * @param {number} [depth]
 * @returns {Node | false}
 */
function shape(schema, schemas, depth = 0) {
  const found = resolved(schema, schemas);
  if (found?.properties === undefined || depth > 4) return false;
  const members = h(
    "ul", { class: "shape-list" },
    ...Object.entries(found.properties).map(([name, member]) =>
      h(
        "li", {},
        h("code", {}, name, found.required?.includes(name) ? "" : "?"), " ",
        h("code", { class: "type" }, typeName(member)),
        member.description !== undefined && h("p", { class: "hint", lang: "en" }, prose(member.description)),
        shape(member, schemas, depth + 1),
      ),
    ),
  );
  const title = typeName(schema);
  const isShort = Object.keys(found.properties).length < 9;
  return h("details", { open: depth === 0 && isShort }, h("summary", {}, title), members);
}

/** @param {Method} method */
function errors({ errors }) {
  return panel(
    t("method.errors"), {},
    table(
      t("method.errors"),
      [
        { title: t("method.kind"), heads: true, cell: (error) => h("code", {}, error.data?.type ?? "") },
        { title: t("method.code"), number: true, cell: (error) => String(error.code) },
        { title: t("method.meaning"), cell: (error) => h("span", { lang: "en" }, error.message) },
      ],
      errors,
      { quiet: true },
    ),
  );
}
