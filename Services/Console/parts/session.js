// @ts-check
/** Who is signed in. The token is kept for this tab and goes nowhere but to the services. */

/** @typedef {{ sub?: string, role?: string, scope?: string, customer?: string, exp?: number }} Claims */
/** @typedef {"signedOut" | "expired" | "refused" | "link" | "linkLater"} Ending Why nobody is signed in any more. */

const place = "ecrm.token";
/** Longest time a browser's timer can be set to. */
const longestTimerMs = 2 ** 31 - 1;

class Session extends EventTarget {
  /** @type {string | undefined} */
  token = sessionStorage.getItem(place) ?? undefined;
  /** @type {Ending | undefined} */
  ending = undefined;
  /** @type {number | undefined} */
  #timer = undefined;

  constructor() {
    super();
    this.#watch();
  }

  get claims() {
    return this.token === undefined ? {} : claims(this.token);
  }

  /** @param {string} token */
  begin(token) {
    this.token = token;
    this.ending = undefined;
    sessionStorage.setItem(place, token);
    this.#watch();
  }

  /** @param {Ending} ending */
  end(ending) {
    if (this.token === undefined) return;
    this.token = undefined;
    this.ending = ending;
    sessionStorage.removeItem(place);
    clearTimeout(this.#timer);
    this.dispatchEvent(new Event("end"));
  }

  /**
   * Whether the token may call methods of this scope; without knowing, the service is asked.
   * @param {string} scope
   */
  may(scope) {
    const { role, scope: granted } = this.claims;
    if (granted === undefined) return role === "staff";
    return granted.split(" ").includes(scope);
  }

  #watch() {
    clearTimeout(this.#timer);
    const { exp } = this.claims;
    if (exp === undefined) return;
    const leftMs = exp * 1000 - Date.now();
    if (leftMs <= 0) return this.end("expired");
    this.#timer = setTimeout(() => this.#watch(), Math.min(leftMs, longestTimerMs));
  }
}

/**
 * What a token says of its bearer; for showing only, the services verify it.
 * @param {string} token
 * @returns {Claims}
 */
export function claims(token) {
  try {
    const text = atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (letter) => letter.charCodeAt(0))));
  } catch {
    return {};
  }
}

export const session = new Session();
