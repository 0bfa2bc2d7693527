// @ts-check
/** The services, called by the generated client with the token of who is signed in. */

import { connect, EcrmError } from "/ecrm.js";
import { session } from "./session.js";

/** The services in the order of the value chain. */
export const services = /** @type {const} */ ([
  "acquisition", "retention", "expansion", "channel-integration", "performance-measurement",
]);

/** A person waits: after this long it is better to say that no answer comes. */
const patienceMs = 20_000;

export const suite = connect({
  origin: location.origin,
  timeoutMs: patienceMs,
  attempts: 4,
  token({ refused }) {
    if (refused !== undefined) session.end("refused");
    return refused ?? session.token;
  },
  onRetry: () => document.dispatchEvent(new Event("retry")),
});

/**
 * Asks what every valid token may: a service refuses a bad one with any call.
 * @param {string} token
 */
export async function tryToken(token) {
  const asking = connect({ origin: location.origin, token, timeoutMs: patienceMs, attempts: 2 });
  await asking.on("performance-measurement").rpc.discover();
}

/**
 * What a call of a batch was answered; throws its error.
 * @template Result
 * @param {{ ok: true, value: Result } | { ok: false, error: Error }} outcome
 * @returns {Result}
 */
export function valueOf(outcome) {
  if (!outcome.ok) throw outcome.error;
  return outcome.value;
}

/**
 * The answer, or undefined where the service says that there is none.
 * @template Result
 * @param {Promise<Result>} call
 * @param {...string} types Errors that say so.
 * @returns {Promise<Result | undefined>}
 */
export async function unless(call, ...types) {
  try {
    return await call;
  } catch (error) {
    if (error instanceof EcrmError && types.includes(error.data.type)) return undefined;
    throw error;
  }
}

/**
 * The contract of a service.
 * @param {string} service
 * @returns {Promise<any>}
 */
export async function contract(service) {
  const answer = await fetch(`/${service}/openrpc.json`);
  if (!answer.ok) throw new Error(`${service}: HTTP ${answer.status}`);
  return answer.json();
}
