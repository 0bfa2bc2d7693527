// @ts-check
/** Runs a method with the reader's own token, and writes the same call for other places. */

import { h, newID } from "../../parts/element.js";
import { icon } from "../../parts/icons.js";
import { notice, panel } from "../../parts/live.js";
import { session } from "../../parts/session.js";
import { number, t } from "../../parts/words.js";
import { curl, python, typescript } from "./copies.js";

/** @typedef {import("../../parts/contracts.js").Method} Method */

/** What changes nothing can be run without a thought. */
const harmless = ["read", "report", "snapshot"];

/**
 * @param {Method} method
 * @param {AbortSignal} leaving
 */
export function runner(method, leaving) {
  const ids = { params: newID(), hint: newID() };
  const example = Object.fromEntries((method.examples[0]?.params ?? []).map(({ name, value }) => [name, value]));
  const begin = JSON.stringify(example, null, 2);
  const field = h("textarea", {
    id: ids.params, class: "mono", rows: Math.min(Math.max(begin.split("\n").length + 1, 5), 18), spellcheck: "false",
    autocomplete: "off", value: begin, "aria-describedby": ids.hint,
  });
  const problem = h("div", { role: "alert" });
  const answer = h("div", { class: "answer", role: "status" });
  const isHarmless = harmless.includes(method.access.effect);
  const sure = h("input", { id: newID(), type: "checkbox" });
  const button = h("button", { class: "first", type: "submit" }, t("run.run"));

  /** The params as they stand in the field; undefined, and said, where they are no JSON object. */
  function params() {
    problem.replaceChildren();
    try {
      const value = JSON.parse(field.value.trim() || "{}");
      if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
      problem.replaceChildren(h("p", { class: "fault" }, t("run.noObject")));
    } catch (error) {
      problem.replaceChildren(h("p", { class: "fault" }, t("run.noJSON"), " ", h("code", {}, String(error))));
    }
    field.focus();
    return undefined;
  }

  async function run(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const wanted = params();
    if (wanted === undefined) return;
    if (!isHarmless && !sure.checked) {
      problem.replaceChildren(h("p", { class: "fault" }, t("run.unsure")));
      sure.focus();
      return;
    }
    button.disabled = true;
    answer.replaceChildren(h("p", { class: "hint" }, t("live.loading")));
    answer.replaceChildren(...(await sent(method, wanted, leaving)));
    button.disabled = false;
    sure.checked = false;
  }

  /**
   * @param {string} name
   * @param {(method: Method, params: any) => string} write
   */
  function copy(name, write) {
    return h("button", { type: "button", class: "small", onclick: () => {
      const wanted = params();
      if (wanted === undefined) return;
      navigator.clipboard.writeText(write(method, wanted)).then(
        () => notice(t("run.copied", { name })),
        () => notice(t("run.notCopied")),
      );
    } }, icon("copy"), name);
  }

  const shown = method.examples[0]?.result?.value;
  return panel(
    t("run.title"), { hint: t("run.hint") },
    h(
      "form", { class: "runner", onsubmit: run },
      h("div", {}, h("label", { for: ids.params }, t("run.params")), field,
        h("p", { class: "hint", id: ids.hint }, t("run.paramsHint"))),
      !isHarmless && h("p", { class: "check" }, sure, h("label", { for: sure.id }, t("run.sure"))),
      problem,
      h(
        "div", { class: "row" }, button,
        h("span", { class: "label" }, t("run.copyAs")),
        copy("curl", curl), copy("TypeScript", typescript), copy("Python", python),
      ),
    ),
    answer,
    shown !== undefined && h("details", {}, h("summary", {}, t("run.example")), code(shown)),
  );
}

/**
 * Sends the call as it is, with nothing tried again: what came back is what the reader wants to see.
 * @param {Method} method
 * @param {any} params
 * @param {AbortSignal} leaving
 * @returns {Promise<Node[]>}
 */
async function sent({ service, name }, params, leaving) {
  const began = performance.now();
  try {
    const response = await fetch(`/${service}/rpc`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${session.token}` },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: name, params }),
      signal: leaving,
    });
    const text = await response.text();
    const took = t("run.took", { status: response.status, ms: number(performance.now() - began) });
    return [h("p", { class: "hint" }, took), code(readable(text))];
  } catch (error) {
    return [h("p", { class: "fault" }, t("faults.unreachable.title"), " ", t("faults.unreachable.advice"))];
  }
}

/** @param {string} text */
function readable(text) {
  try {
    const { result, error } = JSON.parse(text);
    return result ?? error;
  } catch {
    return text;
  }
}

/** @param {any} value */
function code(value) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return h("pre", { tabindex: 0, role: "group", "aria-label": t("run.answer") }, text);
}
