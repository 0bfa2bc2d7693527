// @ts-check
/** The RFM map: recency against frequency, the darker the more customers; a cell opens into what they spend. */

import { h } from "../../parts/element.js";
import { number, percent, t } from "../../parts/words.js";

/** @typedef {import("/ecrm.js").RFMReport} RFMReport */
/** @typedef {import("/ecrm.js").RFMCell} RFMCell */

/** @param {RFMReport} report */
export function rfmMap(report) {
  const scores = Array.from({ length: report.bins }, (_, place) => place + 1);
  const at = (/** @type {number} */ recency, /** @type {number} */ frequency) =>
    report.cells.filter((cell) => cell.recency === recency && cell.frequency === frequency);
  const most = Math.max(...scores.flatMap((r) => scores.map((f) => sum(at(r, f)))));
  const inside = h("div", { class: "inside", role: "status" }, h("p", { class: "hint" }, t("retention.map.choose")));

  /**
   * @param {number} recency
   * @param {number} frequency
   */
  function cell(recency, frequency) {
    const cells = at(recency, frequency);
    const customers = sum(cells);
    if (customers === 0) return h("td", { class: "heat none" }, h("span", { class: "unseen" }, "0"));
    // By the root, so that small groups can be told apart beside large ones.
    const style = { "--heat": Math.sqrt(customers / most).toFixed(3) };
    const label = t("retention.map.cell", { customers, recency, frequency });
    const button = h("button", { type: "button", "aria-label": label, "aria-pressed": "false" }, number(customers));
    button.addEventListener("click", () => {
      const pressed = map.querySelectorAll("button[aria-pressed=true]");
      for (const other of pressed) other.setAttribute("aria-pressed", "false");
      button.setAttribute("aria-pressed", "true");
      inside.replaceChildren(opened(report, cells, recency, frequency));
    });
    return h("td", { class: "heat", style }, button);
  }

  const rows = [...scores].reverse().map((frequency) =>
    h(
      "tr", {},
      h("th", { scope: "row" }, range(report.cutPoints?.frequency, frequency, report.bins)),
      ...scores.map((recency) => cell(recency, frequency)),
    ),
  );
  const heads = scores.map((recency) =>
    h("th", { scope: "col" }, range(report.cutPoints?.recencyDays, report.bins + 1 - recency, report.bins)),
  );
  const map = h(
    "table", { class: "map" },
    h("caption", { class: "unseen" }, t("retention.map.caption")),
    h("tbody", {}, ...rows),
    h("tfoot", {}, h("tr", {}, h("td", {}), ...heads)),
  );
  return h(
    "div", { class: "map-place" },
    h("p", { class: "axis up" }, t("retention.map.frequency")),
    map,
    h("p", { class: "axis" }, t("retention.map.recency")),
    inside,
  );
}

/** @param {RFMCell[]} cells */
function sum(cells) {
  return cells.reduce((total, cell) => total + cell.customers, 0);
}

/**
 * What a score stands for, by the cut points around it.
 * @param {number[] | undefined} cuts
 * @param {number} score
 * @param {number} bins
 */
function range(cuts, score, bins) {
  if (cuts === undefined) return number(score);
  if (score === 1) return `≤ ${number(cuts[0])}`;
  if (score === bins) return `> ${number(cuts[bins - 2])}`;
  const [low, high] = [cuts[score - 2], cuts[score - 1]];
  // Ties: nobody can have this score.
  if (low === high) return "–";
  const first = cuts.every(Number.isInteger) ? low + 1 : low;
  return first === high ? number(high) : `${number(first)}–${number(high)}`;
}

/**
 * What the customers of a cell spend.
 * @param {RFMReport} report
 * @param {RFMCell[]} cells
 * @param {number} recency
 * @param {number} frequency
 */
function opened(report, cells, recency, frequency) {
  const customers = sum(cells);
  const cuts = report.cutPoints?.monetaryValue;
  const lines = Array.from({ length: report.bins }, (_, place) => report.bins - place).map((monetary) => {
    const count = cells.find((cell) => cell.monetary === monetary)?.customers ?? 0;
    return h(
      "li", {},
      h("span", {}, range(cuts, monetary, report.bins)),
      h(
        "span", { class: "meter", style: { "--part": count / customers } },
        `${number(count)} (${percent(count / customers)})`,
      ),
    );
  });
  return h(
    "div", {},
    h("h3", {}, t("retention.map.cell", { customers, recency, frequency })),
    h("p", { class: "hint" }, t("retention.map.spend")),
    h("ul", { class: "spend" }, ...lines),
  );
}
