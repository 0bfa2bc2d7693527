// @ts-check
/** Die Wörter der Dienste auf Deutsch. */

/** @typedef {typeof import("../en/kinds.js")} English */

/** @type {English["segments"]} */
export const segments = {
  champions: "Champions",
  potentialLoyalist: "Potenziell Treue",
  loyalCustomers: "Treue Kunden",
  promising: "Vielversprechende",
  newCustomers: "Neue Kunden",
  cannotLoseThem: "Unverzichtbare",
  atRisk: "Gefährdete",
  needAttention: "Brauchen Aufmerksamkeit",
  aboutToSleep: "Schlafen bald ein",
  lost: "Verlorene",
  others: "Andere",
};

/** @type {English["segmentTexts"]} */
export const segmentTexts = {
  champions: "kauften kürzlich, oft und am meisten",
  potentialLoyalist: "kauften kürzlich und mehr als einmal",
  loyalCustomers: "kaufen regelmäßig",
  promising: "kauften kürzlich, selten, für viel",
  newCustomers: "kauften kürzlich die ersten Male",
  cannotLoseThem: "kauften oft und für viel, vor langem",
  atRisk: "kauften für viel, vor langem",
  needAttention: "kauften oft und für viel, bleiben allmählich weg",
  aboutToSleep: "kauften selten, bleiben allmählich weg",
  lost: "kauften vor längster Zeit",
  others: "nichts davon",
};

/** @type {English["kinds"]} */
export const kinds = {
  email: "E-Mail-Adresse",
  phone: "Telefonnummer",
  user: "Konto",
  anonymous: "Browser",
  loyaltyCard: "Kundenkarte",
  social: "Konto eines sozialen Netzes",
  erp: "ERP-Partner",
};

/** @type {English["statuses"]} */
export const statuses = {
  placed: "aufgegeben", fulfilled: "ausgeführt", cancelled: "storniert", returned: "zurückgegeben",
};

/** @type {English["jobStates"]} */
export const jobStates = {
  queued: "wartet", running: "läuft", succeeded: "gelungen", failed: "gescheitert", cancelled: "abgebrochen",
};

/** @type {English["purposes"]} */
export const purposes = { service: "Betreuung", marketing: "Werbung", profiling: "Profilbildung" };

/** @type {English["traits"]} */
export const traits = {
  givenName: "Vorname", familyName: "Nachname", name: "Name", dateOfBirth: "Geburtsdatum", street: "Straße",
  streetNumber: "Hausnummer", building: "Gebäude", locality: "Ort", city: "Stadt", region: "Region",
  postalCode: "Postleitzahl", country: "Land", nationalId: "Ausweisnummer", email: "E-Mail", phone: "Telefon",
};

/** @type {English["happenings"]} */
export const happenings = {
  "profile-created": "Datensatz kam hinzu",
  "profile-updated": "Datensatz geändert",
  "link-created": "Verknüpft",
  "link-removed": "Getrennt",
  "link-refused": "Nicht verknüpft",
  "consent-granted": "Einwilligung erteilt",
  "consent-withdrawn": "Einwilligung entzogen",
  "points-earned": "Punkte gesammelt",
  "points-burned": "Punkte eingelöst",
  "points-reversed": "Punkte storniert",
  "order-placed": "Bestellt",
  "order-fulfilled": "Bestellung ausgeführt",
  "order-cancelled": "Bestellung storniert",
  "order-returned": "Bestellung zurückgegeben",
  "event-track": "Ereignis",
  "event-page": "Sah an",
  "event-screen": "Sah an",
  "event-identify": "Meldete sich an",
  "event-group": "Trat bei",
  "event-alias": "Wurde umbenannt",
};
