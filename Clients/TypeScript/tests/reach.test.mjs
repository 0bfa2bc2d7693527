import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "../ecrm.js";
import { services, staff, suite } from "./support/suite.mjs";

const ecrm = suite();

test("every method of every service is reached by its noun and verb, and nothing else is there", async () => {
  const own = new Set();
  for (const service of Object.keys(services)) {
    const { methods } = await ecrm.on(service).rpc.discover();
    const nouns = Object.entries(ecrm.on(service)).filter(([, verbs]) => typeof verbs === "object");
    const offered = nouns.flatMap(([noun, verbs]) => Object.keys(verbs).map((verb) => `${noun}.${verb}`));
    assert.deepEqual(offered.sort(), methods.map(({ name }) => name).sort());
    for (const name of offered) {
      const [noun, verb] = name.split(".");
      const outcome = await ecrm.on(service)[noun][verb]({}).outcome();
      if (!outcome.ok) assert.equal(outcome.error.data.type, "invalid_params", name);
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
