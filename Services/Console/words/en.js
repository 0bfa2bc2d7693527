// @ts-check
/** The words of the console in English. Other languages have the same names. */

import { activities } from "./en/activities.js";
import { customer } from "./en/customer.js";
import { developers, method, run, effects, services } from "./en/developers.js";
import { faults } from "./en/faults.js";
import { happenings, kinds, purposes, segments, segmentTexts, statuses, jobStates, traits } from "./en/kinds.js";

export default {
  ...activities,
  customer, developers, method, run, effects, services, faults,
  happenings, kinds, purposes, segments, segmentTexts, statuses, jobStates, traits,

  shell: {
    navigation: "Pages",
    skip: "Skip to the content",
    more: "More",
    language: "Language",
    mode: "Light or dark",
    modes: { system: "Like the system", light: "Light", dark: "Dark" },
    who: "Signed in as {sub}, {role}",
    out: "Sign out",
  },
  gate: {
    title: "Sign in",
    lead: "The console shows what your token may see, and keeps it in this tab only.",
    token: "Token",
    where: "This prints one:",
    link: "Or this, a link that signs in by itself:",
    enter: "Sign in",
    wrong: "No service takes this token. Check that all of it was copied, or make a new one.",
    over: "This token has expired. Make a new one.",
    endings: {
      signedOut: "You have signed out.",
      expired: "Your token has expired. Sign in again to go on where you were.",
      refused: "The services take your token no longer: it has expired or was revoked. Sign in again to go on where you were.",
      linkLater: "The service does not answer, so the link could not be tried. Open it again in a while.",
      link: "This link was used before, or is too old. Start the console from the terminal again, or sign in with a token.",
    },
  },
  live: {
    loading: "Loading",
    slow: "This takes longer than usual.",
    retrying: "A service does not answer at once. Trying again.",
  },
  missing: {
    title: "There is no such page",
    text: "The address may be mistyped, or the page has gone.",
    back: "To the value chain",
    broken: "The page did not come",
  },
  table: { more: "Show more", all: "That is all." },
  dialog: { reason: "Reason", cancel: "Cancel" },
  figures: { none: "nothing to tell", change: "{change} against the period before" },
  period: {
    title: "Period",
    always: "All time",
    month: "Last 30 days",
    quarter: "Last 13 weeks",
    year: "Last 12 months",
    free: "From … to …",
    from: "First day",
    to: "Last day",
  },
  people: {
    placeholder: "Name, e-mail, phone or number",
    numbered: "{source} no. {number}",
    found: { one: "{count} customer found", other: "{count} customers found" },
    profiles: { one: "{count} profile ({sources})", other: "{count} profiles ({sources})" },
  },
  customers: {
    title: "Customers",
    short: "Customers",
    lead: "One view of each customer, over every channel that knows them.",
    search: "Find a customer",
    tooShort: "Two letters or digits are needed.",
    best: "The {n} best matches",
    nobody: "Nobody is known by “{text}”",
    nobodyAdvice: "Try the beginning of a name, another spelling, an e-mail address, a phone number or a number of your shop.",
    startTitle: "Whom are you looking for?",
    start: "Type a name, an e-mail address, a phone number or a number that your shop gave. Spelling need not be exact.",
    orders: { one: "{count} order for {revenue}, on {last}", other: "{count} orders for {revenue}, last on {last}" },
    likeness: "How well it fits",
  },
};
