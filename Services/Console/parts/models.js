// @ts-check
/** The models of lifetime value that are in use, as the jobs that fitted them tell. */

import { suite } from "./suite.js";

/**
 * A model that was published.
 * @typedef {object} Model
 * @property {string | undefined} source The source whose orders it is of; all orders where it is absent.
 * @property {string} calibrationEnd
 * @property {string} currency
 * @property {number} customers
 * @property {string} finishedAt
 * @property {{ holdoutDays: number, predicted: number, actual: number, meanAbsoluteError: number,
 *   baselineMeanAbsoluteError: number }} backtest
 */

/**
 * The latest model of each source, latest first.
 * @param {AbortSignal} signal
 * @returns {Promise<Model[]>}
 */
export async function models(signal) {
  const { items } = await suite.on("retention").jobs.list({ state: "succeeded", limit: 200 }, { signal });
  /** @type {Map<string, Model>} */
  const bySource = new Map();
  for (const job of items) {
    const result = /** @type {any} */ (job.result);
    // Jobs of earlier versions did not tell which orders they took, so that nobody could ask for their model.
    if (job.name !== "clv.fit" || result?.status !== "published" || result.calibrationEnd === undefined) continue;
    const key = result.source ?? "";
    if (!bySource.has(key)) bySource.set(key, { ...result, finishedAt: job.finishedAt });
  }
  return [...bySource.values()];
}
