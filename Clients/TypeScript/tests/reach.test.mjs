import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { connect } from "../ecrm.js";
import { edge, fresh, people, pid, services, staff, suite } from "./support/suite.mjs";

const ecrm = suite();

/** A method's name as the client has it: what follows the noun is one verb. */
function called(name) {
  const [noun, verb, ...more] = name.split(".");
  return `${noun}.${verb}${more.map((part) => part[0].toUpperCase() + part.slice(1)).join("")}`;
}

test("every method of every service is reached by its noun and verb, and nothing else is there", async () => {
  const own = new Set();
  for (const service of Object.keys(services)) {
    const { methods } = await ecrm.on(service).rpc.discover();
    const nouns = Object.entries(ecrm.on(service)).filter(([, verbs]) => typeof verbs === "object");
    const offered = nouns.flatMap(([noun, verbs]) => Object.keys(verbs).map((verb) => `${noun}.${verb}`));
    assert.deepEqual(offered.sort(), methods.map(({ name }) => called(name)).sort());
    for (const name of offered) {
      const [noun, verb] = name.split(".");
      const outcome = await ecrm.on(service)[noun][verb]({}).outcome();
      // What needs no params runs, and may find nothing to do; customers' own methods are for nobody else.
      if (!outcome.ok) assert.ok(["invalid_params", "not_found", "forbidden"].includes(outcome.error.data.type), name);
      if (!["jobs", "rpc"].includes(noun)) {
        own.add(name);
        assert.equal(typeof ecrm[noun][verb], "function", name);
      }
    }
  }
  const nouns = Object.entries(ecrm).filter(([, verbs]) => typeof verbs === "object");
  assert.deepEqual(new Set(nouns.flatMap(([noun, verbs]) => Object.keys(verbs).map((verb) => `${noun}.${verb}`))), own);
});

test("an edge has the services below its origin", async () => {
  const asked = [];
  const edge = connect({
    origin: "https://crm.example.com/",
    services: { retention: services.retention },
    token: staff,
    fetch: (url, request) => {
      asked.push(url);
      return fetch(`${services["channel-integration"]}/rpc`, request);
    },
  });
  await edge.on("channel-integration").rpc.discover();
  await edge.on("retention").rpc.discover();
  assert.deepEqual(asked, ["https://crm.example.com/channel-integration/rpc", `${services.retention}/rpc`]);
});

test("the suite's own edge reaches every service, by one origin", async () => {
  const one = connect({ origin: edge, token: staff });
  for (const service of Object.keys(services)) {
    assert.equal((await one.on(service).rpc.discover()).info.title, service);
  }
  const source = fresh("edge");
  const report = await one.profiles.import({ source, rows: people(source, 60) });
  assert.equal(report.accepted, 60);
  const found = [];
  for await (const match of one.customers.search({ text: source, limit: 25 })) found.push(match.customer);
  assert.equal(new Set(found).size, 60);
  const outcomes = await one.batch((calls) => [calls.customers.get({ customer: found[0] }), calls.orders.list({ customer: found[1] })]);
  assert.deepEqual(outcomes.map(({ ok }) => ok), [true, true]);
  await assert.rejects(one.customers.get({ customer: "ada" }), { name: "EcrmError", code: -32602 });
});

test("an edge whose service is down makes the client wait for it", async () => {
  const retries = [];
  const one = connect({ origin: edge, token: staff, onRetry: ({ error }) => retries.push(error.data?.type) });
  const killed = pid("expansion");
  process.kill(killed, "SIGKILL");
  const { info } = await one.on("expansion").rpc.discover();
  assert.equal(info.title, "expansion");
  assert.ok(retries.every((type) => type === "unavailable"), String(retries));
});

test("a link's code signs in once", async () => {
  const { stdout } = await promisify(execFile)(`${process.env.ECRM_PROGRAMS}/ecrm`, ["sign-in"]);
  const [origin, code] = stdout.trim().split("/#sign-in=");
  assert.equal(origin, edge);
  const visitor = connect({ origin });
  const { token } = await visitor.signIns.redeem({ code });
  await connect({ origin, token }).customers.search({ text: "ada" });
  await assert.rejects(visitor.signIns.redeem({ code }), { name: "EcrmError", code: -32004 });
});

test("what cannot be called is said before anything is sent", async () => {
  assert.throws(() => connect({}), TypeError);
  assert.throws(() => connect({ services: { support: "https://localhost" } }), /no service support/);
  assert.throws(() => ecrm.on("support"), /no service support/);
  const one = connect({ services: { retention: services.retention }, token: staff });
  await assert.rejects(one.customers.search({ text: "ada" }), /address of channel-integration/);
  await assert.rejects(ecrm.customers.search({ text: 1n }), TypeError);
});

test("pages of an allowed origin may send the headers that the client sends, and read those it reads", async () => {
  const origin = "https://app.example.com";
  const sent = new Set();
  const page = suite({
    fetch: (url, request) => {
      for (const name of request.headers.keys()) sent.add(name);
      return fetch(url, request);
    },
  });
  await page.customers.search({ text: "ada" });
  await page.profiles.upsert({ source: "test", externalId: "page" });
  assert.deepEqual([...sent].sort(), ["authorization", "content-type", "idempotency-key"]);

  const names = (answer, header) => answer.headers.get(header).toLowerCase().split(", ");
  const address = `${services.retention}/rpc`;
  const preflight = await fetch(address, {
    method: "OPTIONS",
    headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": [...sent].join() },
  });
  assert.deepEqual([preflight.status, preflight.headers.get("access-control-allow-origin")], [204, origin]);
  const allowed = names(preflight, "access-control-allow-headers");
  assert.ok([...sent].every((name) => allowed.includes(name)), String(allowed));
  const answer = await fetch(address, { method: "POST", headers: { origin, "content-type": "application/json" } });
  const exposed = names(answer, "access-control-expose-headers");
  assert.ok(["idempotency-replayed", "retry-after"].every((name) => exposed.includes(name)), String(exposed));
});
