// The live suite that `Clients/TypeScript/test` brought up, and what tests need of it.
import { execFile } from "node:child_process";
import { createPrivateKey, randomUUID, sign } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { connect } from "../../ecrm.js";

const { ECRM_HOME: home, ECRM_PORT_BASE: base, ECRM_PROGRAMS: programs } = process.env;
const names = ["acquisition", "retention", "expansion", "channel-integration", "performance-measurement"];

export const services = Object.fromEntries(
  names.map((name, place) => [name, `https://localhost:${Number(base) + 1 + place}`]));

/** The one origin of the suite's edge. */
export const edge = `https://localhost:${Number(base) + 343}`;

const text = (path) => readFileSync(`${home}/${path}`, "utf8").trim();

export const staff = text("tokens/staff.jwt");
export const site = text("tokens/site.jwt");

/** The client, for staff unless the options say otherwise. */
export const suite = (options) => connect({ token: staff, services, ...options });

/** A token of a role, from `ecrm token`. */
export async function token(role, ...options) {
  const { stdout } = await promisify(execFile)(`${programs}/ecrm`, ["token", "--role", role, ...options]);
  return stdout.trim();
}

/** The staff's token with other claims, signed with the suite's key. */
export function resigned(claims) {
  const [header, payload] = staff.split(".");
  const decoded = JSON.parse(Buffer.from(payload, "base64url"));
  const changed = Buffer.from(JSON.stringify({ ...decoded, ...claims })).toString("base64url");
  const key = { key: createPrivateKey(text("jwt/signing.pem")), dsaEncoding: "ieee-p1363" };
  return `${header}.${changed}.${sign("sha256", Buffer.from(`${header}.${changed}`), key).toString("base64url")}`;
}

/** The process that runs a service now, undefined while there is none. */
export function pid(service) {
  const path = `run/${service}.pid`;
  return existsSync(`${home}/${path}`) ? Number(text(path).split(/\s/)[0]) : undefined;
}

/** A name that nothing else in the suite has. */
export const fresh = (what) => `${what}-${randomUUID()}`;

/** Profiles of a source of their own, as rows of an import. */
export function people(source, count) {
  return Array.from({ length: count }, (_, index) => ({
    externalId: `${source}-${index}`,
    traits: { givenName: `Given${index}`, familyName: source },
  }));
}

/** A new profile; answers its customer. */
export async function newcomer(ecrm) {
  const { customer } = await ecrm.profiles.upsert({ source: "test", externalId: fresh("person") });
  return customer;
}

/** Waits until the condition holds. */
export async function until(condition, seconds = 30) {
  const deadline = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`${condition} did not come true within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
