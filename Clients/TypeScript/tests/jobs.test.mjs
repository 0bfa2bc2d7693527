import assert from "node:assert/strict";
import { before, test } from "node:test";
import { EcrmError, EcrmJobError } from "../ecrm.js";
import { suite } from "./support/suite.mjs";

const ecrm = suite();
const source = `shop${Date.now()}`;

before(async () => {
  const rows = Array.from({ length: 400 }, (_, index) => ({
    externalId: `order-${index}`,
    customer: { source, externalId: `buyer-${index % 90}` },
    orderedAt: new Date(Date.UTC(2025, index % 12, 1 + (index % 27))).toISOString().replace(".000", ""),
    currency: "EUR",
    lines: [1, 7].map((step) => ({ sku: `P-${(index * step) % 13}`, quantity: 1, unitPrice: "9.50" }))
      .filter((line, place, all) => place === 0 || line.sku !== all[0].sku),
  }));
  const report = await ecrm.orders.import({ source, rows });
  assert.deepEqual([report.accepted, report.rejected], [400, []]);
});

test("a job tells its progress and is finished with its result", async () => {
  const seen = [];
  const call = ecrm.recommendations.train({ signals: "orders" });
  const done = await call.finished({ onProgress: (job) => seen.push([job.state, job.progress]) });
  assert.equal(done.job, (await call).job);
  assert.deepEqual([done.state, done.progress], ["succeeded", 1]);
  assert.equal(typeof done.result, "object");
  assert.deepEqual(seen.at(-1), ["succeeded", 1]);
  assert.equal(new Set(seen.map(String)).size, seen.length, "nothing is told twice");
  const shares = seen.map(([, progress]) => progress);
  assert.deepEqual(shares, [...shares].sort((one, other) => one - other));
  assert.ok((await ecrm.recommendations.similar({ sku: "P-1" })).items.length > 0);
});

test("what started a job can be waited for, too, and shows nothing but the job", async () => {
  const started = await ecrm.recommendations.train({ signals: "orders" });
  assert.deepEqual(Object.keys(started), ["job"]);
  const done = await started.finished();
  assert.deepEqual([done.job, done.state], [started.job, "succeeded"]);
});

test("a job is waited for by its id too, on the service that has it", async () => {
  const { job } = await ecrm.clv.fit({ calibrationEnd: "2025-06-30", unit: "week", source });
  const done = await ecrm.on("retention").finished(job);
  assert.equal(done.state, "succeeded");
  assert.deepEqual(await ecrm.on("retention").jobs.get({ job }), done);
  const elsewhere = await ecrm.on("expansion").finished(job).catch((error) => error);
  assert.ok(elsewhere instanceof EcrmError && elsewhere.data.type === "not_found");
});

test("a job that is cancelled ends the waiting with an error that tells it", async () => {
  const calls = Array.from({ length: 8 }, () => ecrm.recommendations.train({ signals: "orders" }));
  const { job } = await calls.at(-1);
  const waiting = calls.at(-1).finished().catch((error) => error);
  await ecrm.on("expansion").jobs.cancel({ job });
  const error = await waiting;
  assert.ok(error instanceof EcrmJobError, String(error));
  assert.deepEqual([error.job.job, error.job.state], [job, "cancelled"]);
  await Promise.all(calls.slice(0, -1).map((call) => call.finished()));
});

test("waiting ends with its signal, and the job goes on", async () => {
  const call = ecrm.recommendations.train({ signals: "orders" });
  const reason = new Error("enough");
  const stop = new AbortController();
  await assert.rejects(call.finished({ signal: stop.signal, onProgress: () => stop.abort(reason) }), reason);
  const done = await ecrm.on("expansion").finished((await call).job);
  assert.equal(done.state, "succeeded");
});
