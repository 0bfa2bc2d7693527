import assert from "node:assert/strict";
import { test } from "node:test";
import { EcrmError } from "../ecrm.js";
import { fresh, newcomer, people, resigned, site, staff, suite, token } from "./support/suite.mjs";

const ecrm = suite();

test("a read answers what a write has written", async () => {
  const externalId = fresh("person");
  const written = await ecrm.profiles.upsert({ source: "test", externalId, traits: { givenName: "Ada" } });
  assert.equal(written.outcome, "created");
  const view = await ecrm.customers.get({ customer: written.customer });
  assert.deepEqual(view.profiles.map((profile) => profile.externalId), [externalId]);
  assert.equal(view.traits[0].value, "Ada");
});

test("the same key has one effect and the first answer", async () => {
  const customer = await newcomer(ecrm);
  const record = { customer, purpose: "marketing", channel: "email", state: "granted", basis: "consent" };
  const options = { idempotencyKey: fresh("key") };
  const first = await ecrm.consents.record(record, options).outcome();
  const again = await ecrm.consents.record(record, options).outcome();
  assert.deepEqual([first.ok, first.replayed, again.ok, again.replayed], [true, false, true, true]);
  assert.deepEqual(again.value, first.value);
  assert.equal((await ecrm.consents.history({ customer })).items.length, 1);
  // Without a key of its own each call is another one.
  await ecrm.consents.record(record);
  assert.equal((await ecrm.consents.history({ customer })).items.length, 2);

  const other = await ecrm.consents.record({ ...record, state: "withdrawn" }, options).outcome();
  assert.equal(other.error.data.type, "idempotency_mismatch");
  assert.equal(other.error.idempotencyKey, options.idempotencyKey);
});

test("a list is gone through item by item and page by page", async () => {
  const source = `family${Date.now()}`;
  const { accepted } = await ecrm.profiles.import({ source, rows: people(source, 23) });
  assert.equal(accepted, 23);
  const found = new Set();
  for await (const { customer } of ecrm.customers.search({ text: source, limit: 5 })) found.add(customer);
  assert.equal(found.size, 23);

  const sizes = [];
  for await (const page of ecrm.customers.search({ text: source, limit: 5 }).pages()) sizes.push(page.items.length);
  assert.deepEqual(sizes, [5, 5, 5, 5, 3]);

  const first = await ecrm.customers.search({ text: source, limit: 5 });
  assert.equal(first.items.length, 5);
  for await (const { customer } of ecrm.customers.search({ text: source, limit: 5, cursor: first.nextCursor })) {
    found.delete(customer);
  }
  assert.deepEqual(found, new Set(first.items.map((item) => item.customer)));
});

test("leaving a list early asks for no further page", async () => {
  let requests = 0;
  const counting = suite({ fetch: (url, request) => ((requests += 1), fetch(url, request)) });
  const source = `early${Date.now()}`;
  await ecrm.profiles.import({ source, rows: people(source, 7) });
  for await (const { customer } of counting.customers.search({ text: source, limit: 2 })) {
    assert.match(customer, /^[0-9a-f-]{36}$/);
    break;
  }
  assert.equal(requests, 1);
});

test("a batch has an outcome for each call, in their order", async () => {
  const customer = await newcomer(ecrm);
  const key = fresh("key");
  const record = { customer, purpose: "profiling", state: "granted", basis: "contract" };
  const [view, missing, wrong, written, again] = await ecrm.batch((calls) => [
    calls.customers.get({ customer }),
    calls.customers.get({ customer: "019b7893-f0c0-7000-9b73-8ab3123291a4" }),
    calls.customers.search({ text: "a" }),
    calls.consents.record(record, { idempotencyKey: key }),
    calls.consents.record(record, { idempotencyKey: key }),
  ]);
  assert.equal(view.value.customer, customer);
  assert.deepEqual([missing.ok, missing.error.data.type], [false, "not_found"]);
  assert.deepEqual([wrong.error.data.type, wrong.error.data.errors[0].path], ["invalid_params", "/params/text"]);
  assert.ok(missing.error instanceof EcrmError);
  assert.equal(written.ok, true);
  assert.deepEqual(again.value, written.value);
  assert.equal((await ecrm.consents.history({ customer })).items.length, 1);
});

test("a batch goes to one service and holds at most 50 calls", async () => {
  assert.deepEqual(await ecrm.batch(() => []), []);
  const full = await ecrm.on("retention").batch((calls) => Array.from({ length: 50 }, () => calls.jobs.list()));
  assert.ok(full.every((outcome) => outcome.ok));
  await assert.rejects(ecrm.batch((calls) => Array(51).fill(calls.customers.search({ text: "ada" }))), RangeError);
  await assert.rejects(ecrm.batch((calls) => [calls.customers.search({ text: "ada" }), calls.clv.list()]), TypeError);
});

test("an error tells its kind, its place and the request", async () => {
  const error = await ecrm.customers.get({ customer: "nobody" }).catch((error) => error);
  assert.ok(error instanceof EcrmError && error instanceof Error);
  assert.deepEqual([error.code, error.data.type, error.method], [-32602, "invalid_params", "customers.get"]);
  assert.deepEqual(error.data.errors.map((fault) => fault.path), ["/params/customer"]);
  assert.match(error.requestID, /^[0-9a-zA-Z._-]+$/);
  assert.match(error.message, /^customers\.get: \/params\/customer /);
});

test("a token that does not hold is refused at once", async () => {
  for (const bad of [resigned({ exp: 1_000_000_000 }), "nonsense", undefined]) {
    let requests = 0;
    const stranger = suite({ token: bad, fetch: (url, request) => ((requests += 1), fetch(url, request)) });
    const outcome = await stranger.customers.search({ text: "ada" }).outcome();
    assert.deepEqual([outcome.ok, outcome.error.data.type, requests], [false, "unauthenticated", 1]);
  }
  const clerk = suite({ token: await token("service", "--scope", "customers:read") });
  await clerk.customers.search({ text: "ada" });
  const outcome = await clerk.profiles.upsert({ source: "test", externalId: "1" }).outcome();
  assert.equal(outcome.error.data.type, "forbidden");
});

test("a function that knows the token is asked for another one when it expires", async () => {
  const asked = [];
  const expired = resigned({ exp: 1_000_000_000 });
  const holder = suite({
    token: async (question) => {
      asked.push(question);
      return question.refused === undefined ? expired : staff;
    },
  });
  await holder.customers.search({ text: "ada" });
  assert.deepEqual(asked, [{}, { refused: expired }]);
  const stubborn = suite({ token: () => expired });
  assert.equal((await stubborn.customers.search({ text: "ada" }).outcome()).error.data.type, "unauthenticated");
  const broken = suite({ token: () => Promise.reject(new RangeError("no session")) });
  await assert.rejects(broken.customers.search({ text: "ada" }), RangeError);
});

test("a customer sees their own data and nobody else's", async () => {
  const [own, other] = [await newcomer(ecrm), await newcomer(ecrm)];
  const customer = suite({ token: await token("customer", "--customer", own) });
  assert.equal((await customer.customers.get({ customer: own })).customer, own);
  assert.equal((await customer.customers.get({ customer: other }).outcome()).error.data.type, "not_found");
});

test("a site's key collects and does nothing else", async () => {
  const page = suite({ token: site });
  const event = { type: "track", event: "Opened", messageId: fresh("m"), anonymousId: fresh("visitor") };
  const collected = await page.events.collect({ batch: [event] });
  assert.deepEqual(collected, { accepted: 1, duplicates: 0, rejected: [], refused: [] });
  const outcome = await page.visitors.get({ anonymousId: event.anonymousId }).outcome();
  assert.equal(outcome.error.data.type, "forbidden");
  assert.equal((await ecrm.visitors.get({ anonymousId: event.anonymousId })).events, 1);
});

test("a call is aborted with the signal's own reason, before, while and between attempts", async () => {
  const reason = new Error("the page was left");
  await assert.rejects(ecrm.customers.search({ text: "ada" }, { signal: AbortSignal.abort(reason) }), reason);

  const during = new AbortController();
  const call = ecrm.customers.search({ text: "ada" }, { signal: during.signal });
  during.abort(reason);
  await assert.rejects(call, reason);
  await assert.rejects(ecrm.customers.search({ text: "ada" }, { signal: during.signal }).outcome(), reason);

  const between = new AbortController();
  const nobody = suite({
    services: { "channel-integration": "https://localhost:1" },
    onRetry: () => between.abort(reason),
  });
  await assert.rejects(nobody.customers.search({ text: "ada" }, { signal: between.signal }), reason);

  const hanging = suite({ token: () => new Promise(() => {}) });
  const waiting = new AbortController();
  const held = hanging.customers.search({ text: "ada" }, { signal: waiting.signal });
  waiting.abort(reason);
  await assert.rejects(held, reason);
});
