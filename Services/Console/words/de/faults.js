// @ts-check
/** Was schiefging und was zu tun ist, auf Deutsch. */

/** @type {typeof import("../en/faults.js").faults} */
export const faults = {
  again: "Noch einmal",
  request: "Anfrage",
  unreachable: {
    title: "Der Dienst antwortet nicht.",
    advice: "Andere Seiten gehen vielleicht trotzdem. Nichts ist verloren; versuchen Sie es später noch einmal.",
  },
  late: {
    title: "Es kam nicht rechtzeitig eine Antwort.",
    advice: "Der Dienst ist vielleicht ausgelastet. Versuchen Sie es noch einmal, oder fragen Sie nach einem kürzeren Zeitraum.",
  },
  job: { title: "Der Lauf ist nicht gelungen.", advice: "Was vorher da war, bleibt im Einsatz." },
  unknown: {
    title: "Etwas Unerwartetes ist geschehen.",
    advice: "Versuchen Sie es noch einmal; bleibt es, sagen Sie Ihrer Verwaltung, was unten steht.",
  },
  invalid_params: { title: "Der Dienst nimmt das nicht an.", advice: "Berichtigen Sie, was er nennt:" },
  not_found: { title: "Das gibt es nicht.", advice: "Vielleicht wurde es entfernt, oder Ihr Token darf es nicht sehen." },
  forbidden: { title: "Ihr Token darf das nicht.", advice: "Bitten Sie um ein Token mit dem Scope dafür." },
  unauthenticated: { title: "Niemand ist angemeldet.", advice: "Melden Sie sich neu an." },
  limit_exceeded: { title: "Zu viele Aufrufe auf einmal.", advice: "Warten Sie einen Moment, dann noch einmal." },
  conflict: { title: "Das widerspricht dem Gespeicherten.", advice: "Laden Sie die Seite neu und sehen Sie, was sich geändert hat." },
  wrong_state: { title: "Der Zustand lässt das nicht zu.", advice: "Laden Sie die Seite neu: Vielleicht war jemand schneller." },
  in_progress: { title: "Dasselbe läuft schon.", advice: "Warten Sie, bis es zu Ende ist." },
  idempotency_mismatch: { title: "Derselbe Schlüssel galt einem anderen Aufruf.", advice: "Laden Sie die Seite neu." },
  unavailable: { title: "Der Dienst kann gerade nicht antworten.", advice: "Vielleicht startet er, oder seine Datenbank fehlt. Versuchen Sie es später noch einmal." },
  deadline_exceeded: { title: "Es dauerte länger, als es darf.", advice: "Versuchen Sie einen kürzeren Zeitraum, oder später noch einmal." },
  internal_error: { title: "Der Dienst hat einen Fehler gemacht.", advice: "Versuchen Sie es noch einmal; die Anfrage unten steht im Protokoll des Dienstes." },
  consent_missing: { title: "Der Kunde lehnt das ab.", advice: "Über ihn wird dann nichts gelernt und nichts gezeigt. Nur sein eigenes Wort ändert das." },
  no_purchases: { title: "Nichts wurde früh genug gekauft.", advice: "Das Modell kennt nur, wer vor dem Ende der Kalibrierung kaufte." },
  method_not_found: { title: "Der Dienst kennt diese Methode nicht.", advice: "Konsole und Dienst sind vielleicht verschiedene Versionen." },
  parse_error: { title: "Der Aufruf kam beschädigt an.", advice: "Versuchen Sie es noch einmal." },
  invalid_request: { title: "Der Aufruf ist nicht in Ordnung.", advice: "Konsole und Dienst sind vielleicht verschiedene Versionen." },
};
