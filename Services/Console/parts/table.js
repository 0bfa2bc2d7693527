// @ts-check
/** Tables: with a caption, headings of columns, and the next page where there is one. */

import { faultBox } from "./faults.js";
import { h } from "./element.js";
import { t } from "./words.js";

/**
 * @template Row
 * @typedef {object} Column
 * @property {string} title
 * @property {(row: Row) => import("./element.js").Pieces} cell
 * @property {boolean} [number] Whether it stands at the end, so that digits stand below each other.
 * @property {boolean} [heads] Whether it names the row.
 */

/**
 * @template Row
 * @param {string} caption
 * @param {Column<Row>[]} columns
 * @param {readonly Row[]} rows
 * @param {{ quiet?: boolean }} options `quiet` keeps the caption for screen readers.
 */
export function table(caption, columns, rows, { quiet = false } = {}) {
  const body = h("tbody", {}, ...rows.map((row) => line(columns, row)));
  const heads = columns.map(({ title, number }) => h("th", { scope: "col", class: number && "number" }, title));
  const drawn = h(
    "table",
    {},
    h("caption", { class: quiet && "unseen" }, caption),
    h("thead", {}, h("tr", {}, ...heads)),
    body,
  );
  // What does not fit is reached by scrolling, with the keyboard too.
  return h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": caption }, drawn);
}

/**
 * @template Row
 * @param {Column<Row>[]} columns
 * @param {Row} row
 */
function line(columns, row) {
  return h(
    "tr",
    {},
    ...columns.map(({ cell, number, heads, title }) =>
      h(heads ? "th" : "td", { scope: heads && "row", class: number && "number", "data-title": title }, cell(row)),
    ),
  );
}

/**
 * A list that grows by its next page on demand.
 * @template Item
 * @param {AbortSignal} leaving
 * @param {{ items: Item[], nextCursor?: string }} first
 * @param {(cursor: string, signal: AbortSignal) => Promise<{ items: Item[], nextCursor?: string }>} next
 * @param {(items: Item[]) => Node} draw Draws all that has come so far.
 */
export function growing(leaving, first, next, draw) {
  const items = [...first.items];
  let cursor = first.nextCursor;
  const place = h("div", {}, draw(items));
  const foot = h("div", { class: "foot" });
  const more = h("button", { type: "button", onclick: grow }, t("table.more"));
  if (cursor !== undefined) foot.append(more);

  async function grow() {
    if (cursor === undefined) return;
    more.disabled = true;
    foot.querySelector(".fault")?.remove();
    try {
      const page = await next(cursor, leaving);
      items.push(...page.items);
      cursor = page.nextCursor;
      place.replaceChildren(draw(items));
      if (cursor === undefined) foot.replaceChildren(h("p", { class: "hint", role: "status" }, t("table.all")));
    } catch (error) {
      if (!leaving.aborted) foot.prepend(faultBox(error));
    }
    more.disabled = false;
  }

  return h("div", { class: "growing" }, place, foot);
}
