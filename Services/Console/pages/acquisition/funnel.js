// @ts-check
/** The funnel: how many come from step to step. The steps are the reader's choice. */

import { chart, colour } from "../../parts/chart.js";
import { h, newID } from "../../parts/element.js";
import { empty, live, panel } from "../../parts/live.js";
import { suite, valueOf } from "../../parts/suite.js";
import { table } from "../../parts/table.js";
import { duration, number, percent, t } from "../../parts/words.js";

/** @typedef {import("/ecrm.js").Funnel} Funnel */

/** Ways to a purchase as shops commonly name them: those of Segment's specification, and a plain spelling. */
const common = [
  ["Product Viewed", "Product Added", "Checkout Started", "Order Completed"],
  ["product_view", "add_to_cart", "payment_details", "purchase"],
];
const mostSteps = 10;
const usualHours = 24;

/**
 * @param {import("../../parts/router.js").Visit} visit
 * @param {() => import("../../parts/period.js").Period} period
 */
export function funnel(visit, period) {
  const { leaving, query } = visit;
  /** @type {string[] | undefined} */
  let steps = query.get("steps")?.split("|").filter((step) => step !== "").slice(0, mostSteps);
  let hours = Number(query.get("hours")) || usualHours;
  const editor = h("div", { class: "steps" });

  const report = live(leaving, {
    async load(signal) {
      const ways = steps === undefined || steps.length === 0 ? common : [steps];
      const outcomes = await suite.batch(
        (calls) => ways.map((way) => calls.funnels.report({ steps: way, withinHours: hours, ...period() })),
        { signal },
      );
      const found = outcomes.map(valueOf);
      // Nothing was chosen yet: the way that visitors took is the one to show.
      const best = found.reduce((one, other) => (reached(other) > reached(one) ? other : one));
      return { found: best, drawn: await picture(best, leaving) };
    },
    draw({ found, drawn }) {
      edit(found.steps.map((step) => step.event));
      if (reached(found) === 0) return empty(t("acquisition.funnel.none"), t("acquisition.funnel.noneAdvice"));
      return h("div", { class: "beside" }, drawn, stepTable(found));
    },
    shape: 8,
  });

  /** @param {string[]} shown */
  function edit(shown) {
    const fields = shown.map((step, place) => stepField(step, place));
    const within = h("input", { id: newID(), type: "number", min: 1, max: 8760, value: hours });
    within.addEventListener("change", take);
    const add = h("button", {
      type: "button", class: "small", disabled: shown.length >= mostSteps, onclick: () => {
        edit([...inputs(), ""]);
        editor.querySelector(/** @type {"input"} */ ("li:last-child input"))?.focus();
      },
    }, t("acquisition.funnel.add"));

    function inputs() {
      return fields.map(({ input }) => input.value.trim());
    }
    function take() {
      steps = inputs().filter((step) => step !== "");
      hours = Math.min(Math.max(Math.round(Number(within.value)) || usualHours, 1), 8760);
      visit.remember({ steps: steps.join("|"), hours: String(hours) });
      report.reload();
    }
    /**
     * @param {string} step
     * @param {number} place
     */
    function stepField(step, place) {
      const input = h("input", {
        value: step, "aria-label": t("acquisition.funnel.step", { place: place + 1 }), onchange: () => take(),
      });
      const remove = h("button", {
        type: "button", class: "quiet small", "aria-label": t("acquisition.funnel.remove", { step }),
        disabled: shown.length < 2, onclick: () => {
          input.value = "";
          take();
        },
      }, "×");
      return { input, line: h("li", {}, input, remove) };
    }
    editor.replaceChildren(
      h("ol", {}, ...fields.map(({ line }) => line)),
      h("div", { class: "row" }, add, h("label", { for: within.id }, t("acquisition.funnel.within")), within),
    );
  }

  return {
    reload: report.reload,
    place: panel(
      t("acquisition.funnel.title"), { hint: t("acquisition.funnel.hint"), wide: true },
      h("details", {}, h("summary", {}, t("acquisition.funnel.edit")), editor), report,
    ),
  };
}

/** @param {Funnel} found */
function reached(found) {
  return found.steps[0]?.visitors ?? 0;
}

/**
 * @param {Funnel} found
 * @param {AbortSignal} leaving
 */
async function picture({ steps }, leaving) {
  const label = steps.map(({ event, visitors, rate }) => `${event}: ${number(visitors)} (${percent(rate)})`).join("; ");
  const { place } = await chart(leaving, {
    label,
    shape: "funnel",
    config: () => ({
      type: "bar",
      data: {
        labels: steps.map(({ event }) => event),
        datasets: [{
          // A bar from one side to the other of the middle makes it a funnel.
          data: steps.map(({ visitors }) => [-visitors / 2, visitors / 2]),
          backgroundColor: colour("dot"), borderRadius: 4, borderSkipped: false, barPercentage: 0.98,
          categoryPercentage: 0.9,
        }],
      },
      options: {
        indexAxis: "y",
        maintainAspectRatio: false,
        animation: false,
        plugins: {
          legend: { display: false },
          tooltip: {
            displayColors: false,
            callbacks: {
              label: (/** @type {{ dataIndex: number }} */ { dataIndex }) =>
                `${number(steps[dataIndex].visitors)} (${percent(steps[dataIndex].rate)})`,
            },
          },
        },
        scales: { x: { display: false }, y: { grid: { display: false, drawBorder: false } } },
      },
    }),
  });
  return place;
}

/** @param {Funnel} found */
function stepTable({ steps }) {
  return table(
    t("acquisition.funnel.title"),
    [
      { title: t("acquisition.funnel.event"), heads: true, cell: (step) => h("code", {}, step.event) },
      { title: t("acquisition.funnel.visitors"), number: true, cell: (step) => number(step.visitors) },
      { title: t("acquisition.funnel.rate"), number: true, cell: (step) => percent(step.rate) },
      {
        title: t("acquisition.funnel.time"), number: true,
        cell: (step) => (step.medianSeconds === undefined ? "–" : duration(step.medianSeconds)),
      },
    ],
    steps,
    { quiet: true },
  );
}
