// @ts-check
/** What the services can do, from their own OpenRPC documents. */

import { contract, services } from "./suite.js";

/**
 * A method of a service, as its contract tells.
 * @typedef {object} Method
 * @property {string} service
 * @property {string} name
 * @property {string} summary
 * @property {string} description
 * @property {{ name: string, description?: string, required?: boolean, schema: any }[]} params
 * @property {{ name: string, schema: any }} result
 * @property {{ code: number, message: string, data?: { type: string } }[]} errors
 * @property {{ name: string, params: { name: string, value: any }[], result?: { value: any } }[]} examples
 * @property {{ scope?: string, roles?: string[], effect: string }} access
 * @property {Record<string, any>} schemas What the schemas refer to.
 */

/** @type {Map<string, Promise<Method[]>>} */
const known = new Map();

/**
 * The methods of each service; those of one that does not answer are missing, and it is named.
 * @param {AbortSignal} signal
 */
export async function allMethods(signal) {
  /** @type {string[]} */
  const missing = [];
  const lists = await Promise.all(
    services.map((service) =>
      methodsOf(service).catch(() => {
        missing.push(service);
        return [];
      }),
    ),
  );
  signal.throwIfAborted();
  return { methods: lists.flat(), missing };
}

/** @param {string} service */
function methodsOf(service) {
  let found = known.get(service);
  if (found === undefined) {
    found = read(service);
    known.set(service, found);
    // What failed is asked for again the next time.
    found.catch(() => known.delete(service));
  }
  return found;
}

/**
 * @param {string} service
 * @returns {Promise<Method[]>}
 */
async function read(service) {
  const document = await contract(service);
  return document.methods.map((/** @type {any} */ method) => ({
    ...method,
    service,
    examples: method.examples ?? [],
    errors: method.errors ?? [],
    access: method["x-access"],
    schemas: document.components.schemas,
  }));
}

/**
 * A type in a few letters, as `string`, `Order[]`, `week | month`.
 * @param {any} schema
 * @returns {string}
 */
export function typeName(schema) {
  if (schema === undefined || schema === true) return "any";
  if (schema.$ref !== undefined) return schema.$ref.split("/").at(-1);
  if (schema.enum !== undefined) return schema.enum.join(" | ");
  const choices = schema.oneOf ?? schema.anyOf ?? schema.allOf;
  if (choices !== undefined) return choices.map(typeName).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.type === "array") return `${typeName(schema.items)}[]`;
  const name = Array.isArray(schema.type) ? schema.type.join(" | ") : (schema.type ?? "any");
  return schema.format === undefined ? name : `${name} (${schema.format})`;
}

/**
 * The schema that a reference, or a list of references, means.
 * @param {any} schema
 * @param {Record<string, any>} schemas
 * @returns {any}
 */
export function resolved(schema, schemas) {
  if (schema?.$ref !== undefined) return resolved(schemas[schema.$ref.split("/").at(-1)], schemas);
  if (schema?.type === "array") return resolved(schema.items, schemas);
  return schema;
}
