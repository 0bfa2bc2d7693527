// @ts-check
/** The RFM map: recency against frequency, the darker the more customers; a cell opens into what they spend. */

import { h } from "../../parts/element.js";
import { number, percent, t } from "../../parts/words.js";

/** @typedef {import("/ecrm.js").RFMReport} RFMReport */
/** @typedef {import("/ecrm.js").RFMCell} RFMCell */
/** @typedef {{ recency?: number, frequency?: number, segment?: import("/ecrm.js").RFMSegment }} Scores */

/**
 * @param {RFMReport} report
 * @param {(content: Node, filter: Scores, title: string) => void} open Shows what is behind a cell.
 */
export function rfmMap(report, open) {
  const scores = Array.from({ length: report.bins }, (_, place) => place + 1);
  const at = (/** @type {number} */ recency, /** @type {number} */ frequency) =>
    report.cells.filter((cell) => cell.recency === recency && cell.frequency === frequency);
  const most = Math.max(...scores.flatMap((r) => scores.map((f) => sum(at(r, f)))));
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
      open(spending(report, cells), { recency, frequency }, label);
    });
    return h("td", { class: "heat", style }, button);
  }

  const rows = [...scores].reverse().map((frequency) =>
    h(
      "tr", {},
      h("th", { scope: "row" }, range(report.cutPoints?.frequency, frequency, report.bins, { isWhole: true })),
      ...scores.map((recency) => cell(recency, frequency)),
    ),
  );
  const heads = scores.map((recency) =>
    h(
      "th", { scope: "col" },
      range(report.cutPoints?.recencyDays, report.bins + 1 - recency, report.bins, { isWhole: true }),
    ),
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
  );
}

/** @param {RFMCell[]} cells */
function sum(cells) {
  return cells.reduce((total, cell) => total + cell.customers, 0);
}

/**
 * What a score stands for: values from one cut point up to the next.
 * @param {number[] | undefined} cuts
 * @param {number} score
 * @param {number} bins
 * @param {{ isWhole: boolean }} values Whether there are whole numbers only.
 */
function range(cuts, score, bins, { isWhole }) {
  if (cuts === undefined) return number(score);
  const low = isWhole ? Math.ceil(cuts[score - 2]) : cuts[score - 2];
  const high = isWhole ? Math.ceil(cuts[score - 1]) - 1 : cuts[score - 1];
  if (score === 1) return isWhole ? `≤ ${number(high)}` : `< ${number(high)}`;
  if (score === bins) return `≥ ${number(low)}`;
  // Ties: nobody can have this score.
  if (low > high) return "–";
  return low === high ? number(low) : `${number(low)}–${number(high)}`;
}

/**
 * What the customers of a cell spend.
 * @param {RFMReport} report
 * @param {RFMCell[]} cells
 */
function spending(report, cells) {
  const customers = sum(cells);
  const cuts = report.cutPoints?.monetaryValue;
  const lines = Array.from({ length: report.bins }, (_, place) => report.bins - place).map((monetary) => {
    const count = cells.find((cell) => cell.monetary === monetary)?.customers ?? 0;
    return h(
      "li", {},
      h("span", {}, range(cuts, monetary, report.bins, { isWhole: false })),
      h(
        "span", { class: "meter", style: { "--part": count / customers } },
        `${number(count)} (${percent(count / customers)})`,
      ),
    );
  });
  return h("div", {}, h("p", { class: "hint" }, t("retention.map.spend")), h("ul", { class: "spend" }, ...lines));
}
