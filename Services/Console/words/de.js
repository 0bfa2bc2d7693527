// @ts-check
/** Die Wörter der Konsole auf Deutsch, unter denselben Namen wie die englischen. */

import { activities } from "./de/activities.js";
import { customer } from "./de/customer.js";
import { developers, method, run, effects, services } from "./de/developers.js";
import { faults } from "./de/faults.js";
import { happenings, kinds, purposes, segments, segmentTexts, statuses, jobStates, traits } from "./de/kinds.js";

/** @type {typeof import("./en.js").default} */
const words = {
  ...activities,
  customer, developers, method, run, effects, services, faults,
  happenings, kinds, purposes, segments, segmentTexts, statuses, jobStates, traits,

  shell: {
    navigation: "Seiten",
    skip: "Zum Inhalt springen",
    more: "Mehr",
    language: "Sprache",
    mode: "Hell oder dunkel",
    modes: { system: "Wie das System", light: "Hell", dark: "Dunkel" },
    who: "Angemeldet als {sub}, {role}",
    out: "Abmelden",
  },
  gate: {
    title: "Anmelden",
    lead: "Die Konsole zeigt, was Ihr Token sehen darf, und behält es nur in diesem Tab.",
    token: "Token",
    where: "Das gibt eines aus:",
    link: "Oder das einen Link, der von selbst anmeldet:",
    enter: "Anmelden",
    wrong: "Kein Dienst nimmt dieses Token an. Prüfen Sie, ob es vollständig kopiert ist, oder erzeugen Sie ein neues.",
    over: "Dieses Token ist abgelaufen. Erzeugen Sie ein neues.",
    endings: {
      signedOut: "Sie haben sich abgemeldet.",
      expired: "Ihr Token ist abgelaufen. Melden Sie sich neu an, um dort weiterzumachen, wo Sie waren.",
      refused: "Die Dienste nehmen Ihr Token nicht mehr an: Es ist abgelaufen oder widerrufen. Melden Sie sich neu an, um dort weiterzumachen, wo Sie waren.",
      linkLater: "Der Dienst antwortet nicht, darum ließ sich der Link nicht prüfen. Öffnen Sie ihn später noch einmal.",
      link: "Dieser Link ist schon benutzt oder zu alt. Öffnen Sie die Konsole neu vom Terminal aus, oder melden Sie sich mit einem Token an.",
    },
  },
  live: {
    loading: "Lädt",
    slow: "Das dauert länger als sonst.",
    retrying: "Ein Dienst antwortet nicht gleich. Neuer Versuch.",
  },
  missing: {
    title: "Diese Seite gibt es nicht",
    text: "Vielleicht ist die Adresse vertippt, oder die Seite gibt es nicht mehr.",
    back: "Zur Wertkette",
    broken: "Die Seite kam nicht an",
  },
  table: { more: "Mehr zeigen", all: "Das ist alles." },
  dialog: { reason: "Grund", cancel: "Abbrechen" },
  figures: { none: "keine Angabe", change: "{change} gegenüber dem Zeitraum davor" },
  period: {
    title: "Zeitraum",
    always: "Gesamte Zeit",
    month: "Letzte 30 Tage",
    quarter: "Letzte 13 Wochen",
    year: "Letzte 12 Monate",
    free: "Von … bis …",
    from: "Erster Tag",
    to: "Letzter Tag",
  },
  people: {
    placeholder: "Name, E-Mail, Telefon oder Nummer",
    numbered: "{source} Nr. {number}",
    found: { one: "{count} Kunde gefunden", other: "{count} Kunden gefunden" },
    profiles: { one: "{count} Profil ({sources})", other: "{count} Profile ({sources})" },
  },
  customers: {
    title: "Kunden",
    short: "Kunden",
    lead: "Jeder Kunde auf einen Blick, über alle Kanäle, die ihn kennen.",
    search: "Kunden finden",
    tooShort: "Es braucht zwei Buchstaben oder Ziffern.",
    best: "Die {n} besten Treffer",
    nobody: "Niemand ist als „{text}“ bekannt",
    nobodyAdvice: "Versuchen Sie den Anfang eines Namens, eine andere Schreibung, eine E-Mail-Adresse, eine Telefonnummer oder eine Nummer Ihres Shops.",
    startTitle: "Wen suchen Sie?",
    start: "Geben Sie einen Namen, eine E-Mail-Adresse, eine Telefonnummer oder eine Nummer Ihres Shops ein. Die Schreibung muss nicht genau stimmen.",
    orders: { one: "{count} Bestellung über {revenue}, am {last}", other: "{count} Bestellungen über {revenue}, zuletzt am {last}" },
    likeness: "Wie gut es passt",
  },
};

export default words;
