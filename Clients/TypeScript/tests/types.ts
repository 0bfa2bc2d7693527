// What the types allow and what they refuse; compiled, never run.
import {
  connect,
  EcrmAnswerError,
  EcrmConnectionError,
  EcrmError,
  EcrmJobError,
  EcrmTimeoutError,
  EcrmTransportError,
} from "../ecrm.js";
import type { CustomerView, FoundCustomer, Job, Money, MoneyInput, PageOfFoundCustomer, UUID } from "../ecrm.js";

const customer: UUID = "019b7893-f0c0-7000-9b73-8ab3123291a4";
const ecrm = connect({ origin: "https://crm.example.com", token: async ({ refused }) => refused ?? "token" });
const controller = new AbortController();

export async function calls() {
  const view: CustomerView = await ecrm.customers.get({ customer });
  const traits = view.traits.map((trait) => trait.name);
  await ecrm.customers.get({ customer }, { signal: controller.signal, timeoutMs: 1_000 });
  await ecrm.profiles.upsert(
    { source: "shop", externalId: "1", traits: { age: null, tags: ["a"] } }, { idempotencyKey: "k" });
  await ecrm.sessions.list();
  await ecrm.on("retention").jobs.get({ job: customer });
  await ecrm.on("expansion").rpc.discover();

  // @ts-expect-error: a param that the method does not know
  await ecrm.customers.get({ customer, name: "Ada" });
  // @ts-expect-error: a param that is missing
  await ecrm.customers.get({});
  // @ts-expect-error: params that are missing
  await ecrm.customers.get();
  // @ts-expect-error: a param of another type
  await ecrm.customers.get({ customer: 7 });
  // @ts-expect-error: null is not the same as absent
  await ecrm.customers.search({ text: "ada", limit: null });
  // @ts-expect-error: none of the values
  await ecrm.identities.resolve({ kind: "fax", value: "1" });
  // @ts-expect-error: a verb that the noun has not
  await ecrm.customers.remove({ customer });
  // @ts-expect-error: every service has jobs, so that one has to be named
  await ecrm.jobs.get({ job: customer });
  // @ts-expect-error: another service's noun
  await ecrm.on("retention").customers.get({ customer });
  // @ts-expect-error: a service that is not there
  ecrm.on("support");
  // @ts-expect-error: an option that is not there
  await ecrm.customers.get({ customer }, { retries: 3 });
  // @ts-expect-error: a member that the result has not
  view.name;
  // @ts-expect-error: the address of a service that is not there
  connect({ services: { support: "https://localhost" } });
  return traits;
}

export async function money() {
  const price: MoneyInput = { amount: 7, currency: "EUR" };
  const rows = [{ sku: "TEA", name: "Tea", price }] as const;
  await ecrm.products.import({ rows });
  const card = await ecrm.scorecard.get({ from: "2026-01-01", to: "2026-02-01" });
  const answered = (spent: Money): string => spent.amount;
  // @ts-expect-error: what is answered is in digits
  const counted = (spent: Money): number => spent.amount;
  return [card, answered, counted];
}

export async function lists() {
  for await (const found of ecrm.customers.search({ text: "ada" })) {
    const one: FoundCustomer = found;
    one.score.toFixed(2);
  }
  for await (const page of ecrm.customers.search({ text: "ada" }).pages()) {
    const one: PageOfFoundCustomer = page;
    one.items.length;
  }
  const first: PageOfFoundCustomer = await ecrm.customers.search({ text: "ada" });
  // @ts-expect-error: what answers no list has no items to go through
  for await (const part of ecrm.customers.get({ customer })) return part;
  return first;
}

export async function jobs() {
  const fit = ecrm.clv.fit({ calibrationEnd: "2026-01-01", unit: "week" });
  const done: Job = await fit.finished({ onProgress: (job) => job.progress.toFixed(), signal: controller.signal });
  await ecrm.on("retention").finished(done.job);
  // @ts-expect-error: what starts no job cannot be waited for
  await ecrm.clv.get({ customer, horizonDays: 365 }).finished();
}

export async function outcomes() {
  const outcome = await ecrm.clv.get({ customer, horizonDays: 365 }).outcome();
  if (outcome.ok) return outcome.value.expectedValue;
  const { data } = outcome.error;
  switch (data.type) {
    case "no_purchases":
      return data.detail;
    case "invalid_params":
      return data.errors?.map((fault) => `${fault.path} ${fault.message}`);
    // @ts-expect-error: the method answers no such error
    case "wrong_state":
      return 0;
  }
  // @ts-expect-error: only what is wrong with params has places
  return data.errors;
}

export async function errors() {
  try {
    await ecrm.identities.unlink({ link: customer, reason: "another person" });
  } catch (error) {
    if (error instanceof EcrmError) {
      error.requestID.length;
      switch (error.data.type) {
        case "limit_exceeded":
          return error.data.retryAfterMs;
        case "wrong_state":
          // @ts-expect-error: only what is wrong with params has places
          return error.data.errors;
        // @ts-expect-error: a kind that no contract has
        case "tired":
          return 0;
      }
    }
    if (error instanceof EcrmAnswerError) return error.status;
    if (error instanceof EcrmTimeoutError || error instanceof EcrmConnectionError) return error.cause;
    if (error instanceof EcrmTransportError) return error.idempotencyKey;
    if (error instanceof EcrmJobError) return error.job.error?.type;
  }
  return undefined;
}

export async function batches() {
  const [view, orders] = await ecrm.batch((calls) => [
    calls.customers.get({ customer }),
    calls.orders.list({ customer, limit: 5 }),
  ]);
  if (view.ok) view.value.orderTotals.length;
  else view.error.data.type === "not_found";
  if (orders.ok) orders.value.items[0]?.lines.length;
  // @ts-expect-error: the result of the other call
  if (orders.ok) orders.value.orderTotals;
  // @ts-expect-error: there are two calls
  const [, , third] = await ecrm.batch((calls) => [calls.orders.list({ customer }), calls.customers.get({ customer })]);

  const views = await ecrm.batch((calls) => [customer].map((one) => calls.customers.get({ customer: one })));
  for (const one of views) if (one.ok) one.value.profiles.length;

  await ecrm.on("retention").batch((calls) => [calls.jobs.list(), calls.jobs.get({ job: customer })]);
  await ecrm.batch(
    (calls) => [calls.profiles.upsert({ source: "s", externalId: "1" }, { idempotencyKey: "k" })],
    { timeoutMs: 5_000 });
  // @ts-expect-error: a batch is aborted as a whole
  await ecrm.batch((calls) => [calls.customers.get({ customer }, { signal: controller.signal })]);
  // @ts-expect-error: a param of another type
  await ecrm.batch((calls) => [calls.customers.get({ customer: 7 })]);
  return third;
}
