// @ts-check
/** Fitting the models anew: a job that is waited for. */

import { faultBox } from "../../parts/faults.js";
import { h, newID } from "../../parts/element.js";
import { panel } from "../../parts/live.js";
import { session } from "../../parts/session.js";
import { suite } from "../../parts/suite.js";
import { number, percent, t } from "../../parts/words.js";

/**
 * @param {AbortSignal} leaving
 * @param {() => void} fitted
 */
export function fitting(leaving, fitted) {
  if (!session.may("clv:write")) return h("div", { hidden: true });
  const ids = { end: newID(), source: newID() };
  const end = h("input", { id: ids.end, type: "date", required: true });
  const source = h("input", { id: ids.source, autocomplete: "off", placeholder: t("retention.fit.every") });
  const button = h("button", { type: "submit" }, t("retention.fit.start"));
  const told = h("div", { role: "status" });

  async function start(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    button.disabled = true;
    told.replaceChildren(h("p", { class: "hint" }, t("retention.fit.started")));
    try {
      const job = await suite.clv
        .fit({ calibrationEnd: end.value, unit: "week", source: source.value.trim() || undefined }, { signal: leaving })
        .finished({
          signal: leaving,
          onProgress: ({ progress }) => told.replaceChildren(
            h("p", {}, h("progress", { max: 1, value: progress, "aria-label": t("retention.fit.title") }), " ",
              percent(progress)),
          ),
        });
      const result = /** @type {any} */ (job.result);
      const values = { customers: number(result.customers) };
      told.replaceChildren(h("p", { class: "hint" }, t(`retention.fit.results.${result.status}`, values)));
      if (result.status === "published") fitted();
    } catch (error) {
      if (!leaving.aborted) told.replaceChildren(faultBox(error));
    }
    button.disabled = false;
  }

  return panel(
    t("retention.fit.title"), { hint: t("retention.fit.hint"), wide: true },
    h(
      "form", { class: "row fields", onsubmit: start },
      h("div", {}, h("label", { for: ids.end }, t("retention.fit.end")), end),
      h("div", {}, h("label", { for: ids.source }, t("retention.fit.source")), source),
      button,
    ),
    told,
  );
}
