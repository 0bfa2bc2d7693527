// @ts-check
/** Die Seiten für Entwickler auf Deutsch. */

/** @typedef {typeof import("../en/developers.js")} English */

/** @type {English["services"]} */
export const services = {
  acquisition: "Gewinnung",
  retention: "Bindung",
  expansion: "Ausbau",
  "channel-integration": "Kanalintegration",
  "performance-measurement": "Leistungsmessung",
};

/** @type {English["effects"]} */
export const effects = { read: "liest", snapshot: "liest", report: "Bericht", write: "schreibt" };

/** @type {English["developers"]} */
export const developers = {
  title: "Entwickler",
  short: "Entwickler",
  lead: "Jede Methode der fünf Dienste, aus deren eigenen Verträgen. Jede läuft hier mit Ihrem Token.",
  search: "Methode finden",
  placeholder: "Name, Wort oder Parameter",
  found: { one: "{count} Methode", other: "{count} Methoden" },
  none: "Keine Methode passt",
  noneAdvice: "Versuchen Sie weniger Wörter oder ein Hauptwort wie orders oder consents.",
  missing: "{service} antwortet gerade nicht, darum fehlen seine Methoden. Laden Sie die Seite später neu.",
};

/** @type {English["method"]} */
export const method = {
  back: "Alle Methoden",
  none: "Eine Methode {name} gibt es nicht",
  noneAdvice: "Vielleicht gehört sie zu einer anderen Version, oder ihr Dienst antwortet gerade nicht.",
  open: "braucht kein Token",
  access: "Scope {scope}; Rollen {roles}",
  params: "Parameter",
  noParams: "Sie nimmt keine.",
  name: "Name",
  type: "Typ",
  needed: "Nötig",
  required: "ja",
  optional: "nein",
  meaning: "Bedeutung",
  answer: "Ergebnis",
  errors: "Fehler",
  kind: "Art",
  code: "Code",
};

/** @type {English["run"]} */
export const run = {
  title: "Ausführen",
  hint: "Mit Ihrem eigenen Token, auf den echten Daten.",
  params: "Parameter (JSON)",
  paramsHint: "Zu Beginn das Beispiel des Vertrags; auch seine Kennungen sind Beispiele.",
  run: "Ausführen",
  sure: "Ich weiß, dass das Daten ändert",
  unsure: "Diese Methode ändert Daten. Bestätigen Sie das, dann führen Sie sie aus.",
  noObject: "Parameter sind ein JSON-Objekt, nach Namen.",
  noJSON: "Das ist kein JSON:",
  copyAs: "Kopieren als",
  copied: "Als {name} kopiert.",
  notCopied: "Der Browser hat das Kopieren nicht erlaubt.",
  took: "HTTP {status} nach {ms} ms",
  answer: "Antwort",
  example: "Beispielantwort des Vertrags",
};
