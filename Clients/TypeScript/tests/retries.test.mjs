import assert from "node:assert/strict";
import { test } from "node:test";
import {
  connect, EcrmAnswerError, EcrmConnectionError, EcrmError, EcrmTimeoutError, EcrmTransportError,
} from "../ecrm.js";
import { fail, succeed, withPeer } from "./support/peer.mjs";
import { fresh, newcomer, pid, services, staff, suite, token, until } from "./support/suite.mjs";

const ecrm = suite();
const consent = { purpose: "marketing", state: "granted", basis: "consent" };

/** A client of the peer, which notes its retries. */
function peerClient(address, options) {
  const retries = [];
  const client = connect({
    services: { "channel-integration": address }, token: staff, onRetry: (retry) => retries.push(retry), ...options,
  });
  return { client, retries };
}

test("calls go through while their service is killed or told to end, and comes back, each with one effect", async () => {
  let [calls, retries, isOver] = [0, 0, false];
  const steady = suite({ onRetry: () => (retries += 1) });
  const customers = await Promise.all(Array.from({ length: 12 }, () => newcomer(ecrm)));
  const work = customers.map(async (customer) => {
    const channels = [];
    while (!isOver) {
      channels.push(`c${channels.length}`);
      await steady.consents.record({ customer, channel: channels.at(-1), ...consent });
      assert.equal((await steady.customers.get({ customer })).customer, customer);
      calls += 2;
    }
    return channels;
  });
  const ended = [undefined];
  for (const signal of ["SIGKILL", "SIGTERM", "SIGKILL"]) {
    const [before, retried] = [calls, retries];
    ended.push(pid("channel-integration"));
    process.kill(ended.at(-1), signal);
    await until(() => !ended.includes(pid("channel-integration")));
    await until(() => calls > before + 100);
    assert.ok(retries > retried, "calls met the end of the service");
  }
  isOver = true;
  for (const [place, channels] of (await Promise.all(work)).entries()) {
    const recorded = [];
    for await (const record of ecrm.consents.history({ customer: customers[place] })) recorded.push(record.channel);
    assert.deepEqual(recorded.sort(), channels.sort());
  }
  const ends = ended.length - 1;
  console.log(`${calls} calls over ${ends} ends of their service, ${retries} retries: none lost, none doubled`);
});

test("a customer over the limit waits as long as the service says, and gets every answer", async () => {
  const customer = await newcomer(ecrm);
  const retries = [];
  const eager = suite({
    token: await token("customer", "--customer", customer), onRetry: (retry) => retries.push(retry),
  });
  const views = await Promise.all(Array.from({ length: 90 }, () => eager.customers.get({ customer })));
  assert.ok(views.every((view) => view.customer === customer));
  const limited = retries.filter((retry) => retry.error.data?.type === "limit_exceeded");
  assert.ok(limited.length > 0);
  for (const { pauseMs, error } of limited) {
    assert.ok(error.data.retryAfterMs >= 1000 && pauseMs >= error.data.retryAfterMs);
  }
});

test("where nobody listens the call is tried again, and then fails clearly", async () => {
  const { client, retries } = peerClient("http://127.0.0.1:1", { attempts: 4 });
  const error = await client.profiles.upsert({ source: "s", externalId: "1" }).catch((error) => error);
  assert.ok(error instanceof EcrmConnectionError && error instanceof EcrmTransportError);
  assert.equal(error.message, "profiles.upsert: 127.0.0.1:1 could not be reached");
  assert.match(error.idempotencyKey, /^[0-9a-z-]{20,255}$/);
  assert.ok(error.cause instanceof Error);
  assert.deepEqual(retries.map((retry) => retry.attempt), [1, 2, 3]);
  assert.ok(retries.every((retry) => retry.pauseMs >= 50 && retry.pauseMs <= 400));
});

test("a write whose answer was lost is sent again with its key, and takes effect once", async () => {
  const customer = await newcomer(ecrm);
  const lossy = async (request, response, place) => {
    const headers = { ...request.headers, connection: undefined, host: undefined, "content-length": undefined };
    const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
    const answer = await fetch(`${services["channel-integration"]}/rpc`, {
      method: "POST", headers: sent, body: JSON.stringify(request.body),
    });
    const body = await answer.text();
    // The service has done it; the caller is not told.
    if (place === 0) return request.socket.destroy();
    response.writeHead(answer.status, { "Idempotency-Replayed": answer.headers.get("Idempotency-Replayed") ?? "" });
    response.end(body);
  };
  await withPeer(lossy, async (address, requests) => {
    const { client } = peerClient(address);
    const outcome = await client.consents.record({ customer, ...consent }).outcome();
    assert.deepEqual([outcome.ok, outcome.replayed], [true, true]);
    assert.equal(requests.length, 2);
    assert.equal(requests[0].headers["idempotency-key"], requests[1].headers["idempotency-key"]);
  });
  await withPeer(lossy, async (address, requests) => {
    const { client } = peerClient(address);
    const [outcome] = await client.batch((calls) => [calls.consents.record({ customer, ...consent })]);
    assert.equal(outcome.ok, true);
    assert.equal(requests[0].body[0].params._meta.idempotencyKey, requests[1].body[0].params._meta.idempotencyKey);
  });
  assert.equal((await ecrm.consents.history({ customer })).items.length, 2);
});

test("a call with a key that is still running is waited for, beyond the number of attempts", async () => {
  const busy = (request, response, place) =>
    place < 4
      ? fail(request, response, { type: "in_progress", retryable: true, retryAfterMs: 20 }, { code: -32008 })
      : succeed(request, response, { profile: "p" });
  await withPeer(busy, async (address, requests) => {
    const { client, retries } = peerClient(address, { attempts: 2 });
    assert.deepEqual(await client.profiles.upsert({ source: "s", externalId: "1" }), { profile: "p" });
    assert.equal(new Set(requests.map((request) => request.headers["idempotency-key"])).size, 1);
    assert.ok(retries.every((retry) => retry.pauseMs >= 20));
  });
});

test("what the service calls worth a try is tried, what it does not is not", async () => {
  const sick = (request, response, place) =>
    place === 0
      ? fail(request, response, { type: "unavailable", retryable: true })
      : fail(request, response, { type: "internal_error" }, { code: -32603 });
  await withPeer(sick, async (address, requests) => {
    const { client } = peerClient(address);
    const outcome = await client.customers.get({ customer: "c" }).outcome();
    assert.deepEqual([outcome.error.data.type, outcome.error.code, requests.length], ["internal_error", -32603, 2]);
  });
});

test("Retry-After is honoured in seconds and as a date, from a service and from what stands before it", async () => {
  const waits = [
    [(request, response) => fail(request, response, { type: "unavailable" }, { status: 503 }), 0],
    [(request, response) => response.writeHead(503, { "Retry-After": "1" }).end("<html>"), 1000],
    [(request, response) => {
      const date = new Date(Date.now() + 2_000).toUTCString();
      response.writeHead(429, { "Retry-After": date }).end();
    }, 500],
    [(request, response) => response.writeHead(502).end("bad gateway"), 0],
  ];
  const server = (request, response, place) =>
    place < waits.length ? waits[place][0](request, response) : succeed(request, response, {});
  await withPeer(server, async (address) => {
    const { client, retries } = peerClient(address);
    await client.customers.get({ customer: "c" });
    assert.deepEqual(retries.map((retry) => retry.error instanceof EcrmError), [true, false, false, false]);
    assert.ok(retries.every((retry, place) => retry.pauseMs >= waits[place][1]), JSON.stringify(retries));
  });
});

test("a wait that would last beyond the call's time is not begun", async () => {
  const server = (request, response) => response.writeHead(503, { "Retry-After": "3600" }).end();
  await withPeer(server, async (address, requests) => {
    const { client } = peerClient(address);
    const error = await client.customers.get({ customer: "c" }).catch((error) => error);
    assert.ok(error instanceof EcrmAnswerError && error.status === 503 && requests.length === 1);
  });
});

test("a peer that says nothing is given up when the call's time is over", async () => {
  await withPeer(() => {}, async (address, requests) => {
    const { client } = peerClient(address);
    const error = await client.customers.get({ customer: "c" }, { timeoutMs: 200 }).catch((error) => error);
    assert.ok(error instanceof EcrmTimeoutError, String(error));
    assert.equal(requests.length, 1);
  });
});

test("what answers but is no service is told, and not asked again", async () => {
  for (const text of ["<html>", "{}", "[]", "null", '{"jsonrpc":"2.0","id":7,"result":1}', '{"error":{"code":1}}']) {
    await withPeer((_, response) => response.end(text), async (address, requests) => {
      const { client } = peerClient(address);
      const error = await client.customers.get({ customer: "c" }).catch((error) => error);
      assert.ok(error instanceof EcrmAnswerError && error.status === 200, text);
      await assert.rejects(client.batch((calls) => [calls.customers.get({ customer: "c" })]), EcrmAnswerError);
      assert.equal(requests.length, 2);
    });
  }
});

test("of a batch only what is worth another try is sent again, and no answer is lost", async () => {
  const error = { code: -32010, message: "Later.", data: { type: "unavailable", retryable: true, requestID: "r" } };
  const partly = (request, response, place) => {
    const answers = request.body.map(({ id, params }) =>
      params.customer === "weak" && place < 2 ? { id, error } : { id, result: params.customer });
    // The order of the answers says nothing.
    response.end(JSON.stringify(answers.reverse()));
  };
  const build = (calls) => ["a", "weak", "b"].map((customer) => calls.customers.get({ customer }));
  await withPeer(partly, async (address, requests) => {
    const { client } = peerClient(address);
    const outcomes = await client.batch(build);
    assert.deepEqual(outcomes.map((outcome) => outcome.value), ["a", "weak", "b"]);
    assert.deepEqual(requests.map((request) => request.body.length), [3, 1, 1]);
  });
  const dying = (request, response, place) =>
    place === 0 ? partly(request, response, place) : request.socket.destroy();
  await withPeer(dying, async (address) => {
    const { client } = peerClient(address, { attempts: 3 });
    const outcomes = await client.batch(build);
    assert.deepEqual(outcomes.map((outcome) => outcome.ok), [true, false, true]);
    assert.equal(outcomes[1].error.data.type, "unavailable");
  });
});

test("a key may be given again after a failure, with what it stands for", async () => {
  const customer = await newcomer(ecrm);
  const nobody = suite({ services: { "channel-integration": "https://localhost:1" }, attempts: 1 });
  const error = await nobody.consents.record({ customer, ...consent }, { idempotencyKey: fresh("k") })
    .catch((error) => error);
  const { idempotencyKey } = error;
  const outcome = await ecrm.consents.record({ customer, ...consent }, { idempotencyKey }).outcome();
  assert.deepEqual([outcome.ok, outcome.replayed], [true, false]);
});
