// The client of the e-CRM suite, for browsers and node: one ES module that needs nothing else.
// What follows from the contracts is at its end. Written by `make contract` from Clients/Generator: do not edit.

/** Calls a JSON-RPC batch may hold. */
const batchLimit = 50;
/** Milliseconds an attempt may take: longer than any call may take in a service. */
const attemptLimitMs = 35_000;
/** Milliseconds between attempts, which double from the first to the second. */
const firstPauseMs = 100;
const longestPauseMs = 3_000;
/** Milliseconds between questions after a job. */
const firstQuestionMs = 100;
const longestQuestionMs = 2_000;

/** The answer of a service that refused a call or failed. `data.type` tells what happened. */
export class EcrmError extends Error {
  constructor(error, method, idempotencyKey) {
    super(`${method}: ${error.data.detail ?? error.message}`);
    this.name = "EcrmError";
    this.code = error.code;
    this.data = error.data;
    this.method = method;
    this.idempotencyKey = idempotencyKey;
  }

  /** Under which the service logged the call. */
  get requestID() {
    return this.data.requestID;
  }
}

/** No service's answer came: whether a write took effect is not known, and the same key finds out. */
export class EcrmTransportError extends Error {
  constructor(text, method, idempotencyKey, cause) {
    super(`${method}: ${text}`, { cause });
    this.name = new.target.name;
    this.method = method;
    this.idempotencyKey = idempotencyKey;
  }
}

/** Nobody could be reached, or the connection broke. `cause` is what the platform said. */
export class EcrmConnectionError extends EcrmTransportError {}

/** The time for the call passed. `cause` is the last failure, where there was one. */
export class EcrmTimeoutError extends EcrmTransportError {}

/** What answered is no service of the suite, or something between them. `status` is that of HTTP. */
export class EcrmAnswerError extends EcrmTransportError {
  constructor(text, method, idempotencyKey, status) {
    super(text, method, idempotencyKey);
    this.status = status;
  }
}

/** A job ended without a result. `job` tells its state and error. */
export class EcrmJobError extends Error {
  constructor(job) {
    super(`${job.name}: ${job.error?.message ?? `the job is ${job.state}`}`);
    this.name = "EcrmJobError";
    this.job = job;
  }
}

/** Connects to the suite: nothing is sent before the first call. */
export function connect(options) {
  const connection = new Connection(options);
  const call = (service) => (method, params, options) => connection.call(service, method, params, options);
  const prepare = (service) => (method, params, options) => connection.prepare(service, method, params, options);
  const own = {};
  const prepared = {};
  const services = {};
  for (const [service, methods] of Object.entries(contracts)) {
    const only = Object.fromEntries(Object.entries(methods).filter(([name]) => !isShared(name)));
    verbs(only, call(service), own);
    verbs(only, prepare(service), prepared);
    services[service] = {
      ...verbs(methods, call(service)),
      batch: (build, options) => connection.batch(build(verbs(methods, prepare(service))), options),
      finished: (job, options) => connection.finished(service, job, options),
    };
  }
  return {
    ...own,
    on(service) {
      if (!Object.hasOwn(services, service)) throw new TypeError(`There is no service ${service}.`);
      return services[service];
    },
    batch: (build, options) => connection.batch(build(prepared), options),
  };
}

/** Whether every service has this method, so that it needs a service to be named. */
function isShared(name) {
  return Object.values(contracts).every((methods) => Object.hasOwn(methods, name));
}

/** Methods as nouns with verbs. */
function verbs(methods, use, nouns = {}) {
  for (const name of Object.keys(methods)) {
    const [noun, ...words] = name.split(".");
    const verb = words.map((word, place) => (place ? word[0].toUpperCase() + word.slice(1) : word)).join("");
    nouns[noun] ??= {};
    nouns[noun][verb] = (params, options) => use(name, params, options);
  }
  return nouns;
}

class Connection {
  constructor({ token, services = {}, origin, timeoutMs = 60_000, attempts = 12, onRetry, fetch: send } = {}) {
    if (origin === undefined && Object.keys(services).length === 0) {
      throw new TypeError("connect needs the addresses of services, or the origin of an edge.");
    }
    for (const service of Object.keys(services)) {
      if (!Object.hasOwn(contracts, service)) throw new TypeError(`There is no service ${service}.`);
    }
    this.token = token;
    this.services = services;
    this.origin = origin;
    this.timeoutMs = timeoutMs;
    this.attempts = attempts;
    this.onRetry = onRetry;
    // The global function is looked up late and called without a receiver, as browsers want it.
    this.send = send ?? ((url, request) => fetch(url, request));
  }

  address(service) {
    const trimmed = (text) => String(text).replace(/\/+$/, "");
    if (this.services[service] !== undefined) return `${trimmed(this.services[service])}/rpc`;
    if (this.origin !== undefined) return `${trimmed(this.origin)}/${service}/rpc`;
    throw new TypeError(`The address of ${service} was not given to connect.`);
  }

  prepare(service, method, params = {}, { idempotencyKey } = {}) {
    const traits = contracts[service][method];
    // Made once for all attempts, so that the call takes effect once.
    const key = traits.writes ? (idempotencyKey ?? newKey()) : undefined;
    return { service, method, params, key };
  }

  /** A promise of the result, with what else a method of this kind offers. */
  call(service, method, params, options) {
    const again = (cursor) => this.call(service, method, { ...params, cursor }, options);
    const prepared = this.prepare(service, method, params, options);
    const result = this.perform([prepared], false, options).then(([outcome]) => {
      if (!outcome.ok) throw outcome.error;
      return outcome;
    });
    const traits = contracts[service][method];
    const finished = (options) => promise.then(({ job }) => this.finished(service, job, options));
    const promise = result.then(({ value }) => {
      // Hidden, so that the answer stays what the service said.
      if (traits.startsJob) Object.defineProperty(value, "finished", { value: finished, enumerable: false });
      return value;
    });
    promise.outcome = () => {
      // Its failure is told by the outcome.
      promise.catch(() => {});
      return result.catch((error) => {
        if (error instanceof EcrmError) return { ok: false, error };
        throw error;
      });
    };
    if (traits.startsJob) promise.finished = finished;
    if (traits.pages) {
      promise.pages = () => pages(promise, again);
      promise[Symbol.asyncIterator] = () => items(promise.pages());
    }
    return promise;
  }

  async batch(calls, options) {
    if (calls.length === 0) return [];
    if (calls.length > batchLimit) throw new RangeError(`A batch holds at most ${batchLimit} calls.`);
    if (calls.some((call) => call.service !== calls[0].service)) {
      throw new TypeError("A batch goes to one service: make one batch for each.");
    }
    return this.perform(calls, true, options);
  }

  async finished(service, job, { onProgress, signal } = {}) {
    let seen = "";
    for (let pauseMs = firstQuestionMs; ; pauseMs = Math.min(pauseMs * 1.5, longestQuestionMs)) {
      const state = await this.call(service, "jobs.get", { job }, { signal });
      const now = `${state.state} ${state.progress}`;
      if (now !== seen) onProgress?.(state);
      seen = now;
      if (state.state === "succeeded") return state;
      if (state.state === "failed" || state.state === "cancelled") throw new EcrmJobError(state);
      await sleep(pauseMs, signal);
    }
  }

  /** Sends calls until each has an answer that stands, and throws where none came. */
  async perform(calls, isBatch, { signal, timeoutMs = this.timeoutMs } = {}) {
    const deadline = Date.now() + timeoutMs;
    const outcomes = new Array(calls.length);
    let open = calls.map((_, index) => index);
    let attempt = 0;
    let failure;
    for (;;) {
      const asked = open.map((index) => calls[index]);
      const { failed, waits, answers } = await this.attempt(asked, isBatch, { signal, deadline, previous: failure });
      answers?.forEach((answer, place) => (outcomes[open[place]] = answer));
      if (!failed) open = open.filter((index) => !outcomes[index].ok && outcomes[index].error.data.retryable);
      if (open.length === 0) return outcomes;
      failure = failed?.error ?? outcomes[open[0]].error;
      // Waiting for the first call with this key is no failure.
      if (failure.data?.type !== "in_progress") attempt += 1;
      const pauseMs = pause(Math.max(attempt, 1), waits);
      const isLast = (failed && !failed.retryable) || attempt >= this.attempts || Date.now() + pauseMs >= deadline;
      // What other calls of a batch were answered is not lost.
      if (isLast && failed && (!isBatch || outcomes[open[0]] === undefined)) throw failed.error;
      if (isLast) return outcomes;
      this.onRetry?.({ method: named(asked), attempt, pauseMs, error: failure });
      await sleep(pauseMs, signal);
    }
  }

  /** One request: `answers` in the order of the calls, or how the request `failed`; and the `waits` asked for. */
  async attempt(calls, isBatch, { signal, deadline, previous }) {
    const url = this.address(calls[0].service);
    const method = named(calls);
    const key = isBatch ? undefined : calls[0].key;
    const limit = limited(signal, Math.min(deadline - Date.now(), attemptLimitMs));
    try {
      const token = await this.bearer(limit.signal, {});
      let answer = await this.post(url, calls, isBatch, token, limit.signal);
      if (answer.status === 401 && typeof this.token === "function") {
        const renewed = await this.bearer(limit.signal, { refused: token });
        if (renewed !== token) answer = await this.post(url, calls, isBatch, renewed, limit.signal);
      }
      return read(answer, calls, isBatch, method, key);
    } catch (error) {
      signal?.throwIfAborted();
      if (limit.signal.aborted) {
        const late = new EcrmTimeoutError("no answer came in time", method, key, previous);
        return { failed: { error: late, retryable: true } };
      }
      if (!(error instanceof Unreachable)) throw error;
      const text = `${new URL(url).host} could not be reached`;
      return { failed: { error: new EcrmConnectionError(text, method, key, error.cause), retryable: true } };
    } finally {
      limit.end();
    }
  }

  /** The token to send; a function is asked before every request, and told which token was refused. */
  async bearer(signal, asked) {
    return typeof this.token === "function" ? unless(signal, Promise.resolve(this.token(asked))) : this.token;
  }

  async post(url, calls, isBatch, token, signal) {
    const requests = calls.map(({ method, params, key }, id) => ({
      jsonrpc: "2.0",
      id,
      method,
      params: isBatch && key !== undefined ? { ...params, _meta: { idempotencyKey: key } } : params,
    }));
    const headers = new Headers({ "Content-Type": "application/json" });
    if (token !== undefined) headers.set("Authorization", `Bearer ${token}`);
    if (!isBatch && calls[0].key !== undefined) headers.set("Idempotency-Key", calls[0].key);
    const body = JSON.stringify(isBatch ? requests : requests[0]);
    try {
      const response = await this.send(url, { method: "POST", headers, body, signal });
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch (cause) {
      throw new Unreachable(cause);
    }
  }
}

/** A key nobody has used. Pages that came without TLS have no `randomUUID`, and node 18 has no `crypto`. */
function newKey() {
  const random = () => Math.random().toString(36).slice(2);
  return globalThis.crypto?.randomUUID?.() ?? [random(), random(), random(), random()].join("-");
}

/** What an HTTP answer says of the calls. */
function read({ status, headers, text }, calls, isBatch, method, key) {
  const body = parsed(text);
  const waits = after(headers.get("Retry-After"));
  const list = isBatch ? body : [body];
  if (status === 200 && Array.isArray(list)) {
    const byID = new Map(list.map((answer) => [answer?.id, answer]));
    if (calls.every((_, id) => isAnswer(byID.get(id)))) {
      const answers = calls.map((call, id) => outcome(byID.get(id), call, headers, isBatch));
      const told = answers.map((answer) => answer.error?.data.retryAfterMs ?? 0);
      return { answers, waits: Math.max(...told) };
    }
  }
  if (isError(body?.error)) {
    const error = new EcrmError(body.error, method, key);
    const retryable = error.data.retryable === true || status === 429 || status === 503;
    return { failed: { error, retryable }, waits: error.data.retryAfterMs ?? waits };
  }
  const strange = new EcrmAnswerError(`HTTP ${status} is no service's answer`, method, key, status);
  return { failed: { error: strange, retryable: [429, 502, 503, 504].includes(status) }, waits };
}

/** What the platform said of a connection that could not be made, or broke. */
class Unreachable extends Error {
  constructor(cause) {
    super("", { cause });
  }
}

function named(calls) {
  return [...new Set(calls.map((call) => call.method))].join(", ");
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isAnswer(answer) {
  return answer !== undefined && (answer.result !== undefined || isError(answer.error));
}

function isError(error) {
  return error?.data?.type !== undefined;
}

function outcome(answer, call, headers, isBatch) {
  if (answer.error) return { ok: false, error: new EcrmError(answer.error, call.method, call.key) };
  if (isBatch) return { ok: true, value: answer.result };
  return { ok: true, value: answer.result, replayed: headers.get("Idempotency-Replayed") === "true" };
}

/** Milliseconds of a `Retry-After`: seconds, or a date. */
function after(header) {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0);
}

/** Milliseconds before the next attempt: never less than asked for, and not all callers at once. */
function pause(attempt, waits = 0) {
  const doubled = Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs);
  return waits > 0 ? waits + (Math.random() * doubled) / 2 : doubled * (0.5 + Math.random() / 2);
}

/** A signal that fires with the caller's own, or after the time; `end` frees both. */
function limited(signal, ms) {
  const controller = new AbortController();
  const forward = () => controller.abort(signal.reason);
  const timer = setTimeout(() => controller.abort(), Math.max(ms, 0));
  if (signal?.aborted) forward();
  signal?.addEventListener("abort", forward, { once: true });
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", forward);
    },
  };
}

/** What the promise brings, unless the signal fires first. */
function unless(signal, promise) {
  if (signal === undefined) return promise;
  let fire;
  const fired = new Promise((_, reject) => {
    fire = () => reject(signal.reason);
    if (signal.aborted) fire();
    signal.addEventListener("abort", fire, { once: true });
  });
  return Promise.race([promise, fired]).finally(() => signal.removeEventListener("abort", fire));
}

async function sleep(ms, signal) {
  let timer;
  try {
    await unless(signal, new Promise((resolve) => (timer = setTimeout(resolve, ms))));
  } finally {
    clearTimeout(timer);
  }
}

/** The pages of a list from the first on, each fetched when it is asked for. */
async function* pages(first, next) {
  let page = await first;
  yield page;
  while (page.nextCursor !== undefined) {
    page = await next(page.nextCursor);
    yield page;
  }
}

async function* items(pages) {
  for await (const page of pages) yield* page.items;
}

/** The services with their methods. */
const contracts = {
  "acquisition": {
    "events.collect": { writes: true },
    "funnels.report": {},
    "jobs.cancel": { writes: true },
    "jobs.get": {},
    "jobs.list": { pages: true },
    "rpc.discover": {},
    "sessions.list": { pages: true },
    "visitors.get": {},
  },
  "channel-integration": {
    "addresses.markBounced": { writes: true },
    "audit.list": { pages: true },
    "consents.check": {},
    "consents.history": { pages: true },
    "consents.record": { writes: true },
    "customers.get": {},
    "customers.search": { pages: true },
    "customers.timeline": { pages: true },
    "exports.start": { writes: true, startsJob: true },
    "identities.block": { writes: true },
    "identities.blocked": { pages: true },
    "identities.candidates": { pages: true },
    "identities.decide": { writes: true },
    "identities.link": { writes: true },
    "identities.links": { pages: true },
    "identities.match": { writes: true, startsJob: true },
    "identities.resolve": {},
    "identities.train": { writes: true, startsJob: true },
    "identities.unblock": { writes: true },
    "identities.unlink": { writes: true },
    "imports.start": { writes: true, startsJob: true },
    "jobs.cancel": { writes: true },
    "jobs.get": {},
    "jobs.list": { pages: true },
    "lists.addresses": { pages: true },
    "lists.report": {},
    "orders.import": { writes: true },
    "orders.list": { pages: true },
    "privacy.download": {},
    "privacy.erase": { writes: true },
    "privacy.export": { writes: true, startsJob: true },
    "privacy.verify": {},
    "products.import": { writes: true },
    "profiles.import": { writes: true },
    "profiles.upsert": { writes: true },
    "purposes.get": {},
    "purposes.list": { pages: true },
    "purposes.save": { writes: true },
    "retentionRules.list": {},
    "retentionRules.save": { writes: true },
    "rpc.discover": {},
    "segments.changes": { pages: true },
    "segments.explain": {},
    "segments.get": {},
    "segments.list": { pages: true },
    "segments.members": { pages: true },
    "segments.preview": {},
    "segments.remove": { writes: true },
    "segments.save": { writes: true },
    "self.consents": {},
    "self.consents.record": { writes: true },
    "self.preferences.set": { writes: true },
    "self.update": { writes: true },
    "self.view": {},
    "signIns.redeem": { writes: true },
    "traitPolicies.list": { pages: true },
    "traitPolicies.save": { writes: true },
  },
  "expansion": {
    "jobs.cancel": { writes: true },
    "jobs.get": {},
    "jobs.list": { pages: true },
    "recommendations.forCustomer": {},
    "recommendations.similar": {},
    "recommendations.train": { writes: true, startsJob: true },
    "rpc.discover": {},
  },
  "performance-measurement": {
    "cohorts.report": {},
    "jobs.cancel": { writes: true },
    "jobs.get": {},
    "jobs.list": { pages: true },
    "rpc.discover": {},
    "scorecard.get": {},
  },
  "retention": {
    "clv.fit": { writes: true, startsJob: true },
    "clv.get": {},
    "clv.list": { pages: true },
    "jobs.cancel": { writes: true },
    "jobs.get": {},
    "jobs.list": { pages: true },
    "loyalty.balance": {},
    "loyalty.burn": { writes: true },
    "loyalty.earn": { writes: true },
    "loyalty.entries": { pages: true },
    "loyalty.reverse": { writes: true },
    "rfm.get": {},
    "rfm.list": { pages: true },
    "rfm.report": {},
    "rpc.discover": {},
  },
};
