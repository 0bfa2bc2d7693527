// @ts-check
/** Addresses: `#/customers/ID?q=ada` names a page, the thing it shows, and what was chosen on it. */

/**
 * A visit to a page.
 * @typedef {object} Visit
 * @property {string} page
 * @property {string | undefined} thing What the page shows, where it shows one of many.
 * @property {URLSearchParams} query
 * @property {AbortSignal} leaving Fires when the reader goes elsewhere.
 * @property {(changes: Record<string, string | undefined>) => void} remember
 *   Keeps a choice in the address without leaving the page.
 */

/**
 * The address of a page.
 * @param {string} page
 * @param {string} [thing]
 * @param {Record<string, string | undefined>} [query]
 */
export function link(page, thing, query = {}) {
  const kept = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const text = new URLSearchParams(/** @type {[string, string][]} */ (kept)).toString();
  return `#/${page}${thing === undefined ? "" : `/${encodeURIComponent(thing)}`}${text === "" ? "" : `?${text}`}`;
}

/** Goes to an address. */
export function go(/** @type {string} */ address) {
  location.hash = address;
}

/** Page, thing and query of the address shown now. */
export function here() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [page = "", thing] = path.split("/").map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  return { page, thing: thing || undefined, query: new URLSearchParams(query) };
}

/**
 * @param {AbortSignal} leaving
 * @returns {Visit}
 */
export function visit(leaving) {
  const { page, thing, query } = here();
  return {
    page, thing, query, leaving,
    remember(changes) {
      if (leaving.aborted) return;
      for (const [name, value] of Object.entries(changes)) {
        if (value === undefined || value === "") query.delete(name);
        else query.set(name, value);
      }
      history.replaceState(null, "", link(page, thing, Object.fromEntries(query)));
    },
  };
}
