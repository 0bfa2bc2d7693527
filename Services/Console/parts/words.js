// @ts-check
/** The words of the reader's language, and numbers, money and dates as the reader writes them. */

import { settings } from "./settings.js";

/** @typedef {import("/ecrm.js").Money} Money */
/** @typedef {{ [name: string]: string | Words }} Words */

/** @type {Words} */
let words = {};

/** Fetches the dictionary of the reader's language. */
export async function loadWords() {
  words = (await (settings.language === "de" ? import("../words/de.js") : import("../words/en.js"))).default;
  document.documentElement.lang = settings.language;
}

/**
 * The words for a name such as `customers.title`. `{count}` stands for the value `count`, written as the reader writes
 * numbers; where there are words for `one` and `other`, the value `n` decides.
 * @param {string} name
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function t(name, values = {}) {
  const found = find(name);
  if (found === undefined) throw new Error(`There are no words for ${name}.`);
  return found.replace(/\{(\w+)\}/g, (/** @type {string} */ _, /** @type {string} */ key) => {
    const value = values[key];
    return typeof value === "number" ? number(value) : String(value ?? "");
  });

  /** @param {string} path */
  function find(path) {
    const entry = path.split(".").reduce((/** @type {any} */ place, part) => place?.[part], words);
    if (typeof entry !== "object") return /** @type {string | undefined} */ (entry);
    return entry[new Intl.PluralRules(settings.language).select(Number(values.n))] ?? entry.other;
  }
}

/**
 * The words for a name that may be new to the console, as a kind of event of a later version.
 * @param {string} name
 * @param {string} otherwise
 */
export function tOr(name, otherwise) {
  try {
    return t(name);
  } catch {
    return otherwise;
  }
}

/** The reader's own place where it speaks the chosen language (`de-AT`), or else the language. */
function locale() {
  return navigator.languages?.find((one) => one.slice(0, 2) === settings.language) ?? settings.language;
}

/**
 * @param {number | string} value
 * @param {number} [decimals]
 */
export function number(value, decimals = 0) {
  return format({ minimumFractionDigits: decimals, maximumFractionDigits: decimals }, value);
}

/**
 * A share of one in percent.
 * @param {number} share
 * @param {number} [decimals]
 */
export function percent(share, decimals = 0) {
  return format({ style: "percent", minimumFractionDigits: decimals, maximumFractionDigits: decimals }, share);
}

/**
 * An exact amount; from 100,000 on in short, where `short` is asked for.
 * @param {Money} money
 * @param {{ short?: boolean }} options
 */
export function money({ amount, currency }, { short = false } = {}) {
  const isShort = short && Math.abs(Number(amount)) >= 100_000;
  const digits = isShort ? { notation: "compact", maximumSignificantDigits: 4 } : {};
  // Digits go in as text: a binary float would not be exact.
  return format({ style: "currency", currency, currencyDisplay: "narrowSymbol", ...digits }, amount);
}

/**
 * An estimate in units of a currency: whole units, as it is no amount that anybody paid.
 * @param {number} value
 * @param {string} currency
 */
export function estimate(value, currency) {
  return format({ style: "currency", currency, currencyDisplay: "narrowSymbol", maximumFractionDigits: 0 }, value);
}

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/**
 * @param {Record<string, unknown>} options
 * @param {number | string} value
 */
function format(options, value) {
  const key = JSON.stringify([locale(), options]);
  let found = formats.get(key);
  if (found === undefined) {
    found = new Intl.NumberFormat(locale(), options);
    formats.set(key, found);
  }
  return found.format(/** @type {number} */ (value));
}

/**
 * A day of a report, which is one of UTC.
 * @param {string} value
 */
export function day(value) {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeZone: "UTC" }).format(new Date(value));
}

/**
 * A month of a report.
 * @param {string} value
 */
export function month(value) {
  const options = /** @type {const} */ ({ month: "short", year: "numeric", timeZone: "UTC" });
  return new Intl.DateTimeFormat(locale(), options).format(new Date(value));
}

/**
 * A moment in the reader's time zone.
 * @param {string} value
 */
export function moment(value) {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" }).format(new Date(value));
}

/**
 * A time of day in the reader's time zone.
 * @param {string} value
 */
export function time(value) {
  return new Intl.DateTimeFormat(locale(), { timeStyle: "short" }).format(new Date(value));
}

/**
 * The day of a moment, in the reader's time zone.
 * @param {string} value
 */
export function dayOf(value) {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium" }).format(new Date(value));
}

/**
 * A length of time in its two largest units, as `2h 5m`.
 * @param {number} seconds
 */
export function duration(seconds) {
  const units = /** @type {const} */ ([["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]]);
  const parts = [];
  let rest = Math.round(seconds);
  for (const [unit, length] of units) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) parts.push(format({ style: "unit", unit, unitDisplay: "narrow" }, count));
    if (parts.length === 2) break;
  }
  return parts.join(" ") || format({ style: "unit", unit: "second", unitDisplay: "narrow" }, 0);
}
