import Models
import Postgres

/// A link that two profiles' evidence speaks for, and what speaks against making it.
struct LinkProposal: Sendable {
  var candidate: LinkCandidate
  var refusal: LinkRefusal?

  /// A role address joins nobody, whatever else is known of it.
  init(_ candidate: LinkCandidate, refusal: LinkRefusal?) {
    self.candidate = candidate
    self.refusal = candidate.restsOnRole ? .roleAddress : refusal
  }

  var refused: RefusedLink? {
    refusal.map { RefusedLink(evidence: candidate.evidence, with: candidate.b, reason: $0) }
  }
}

extension LinkCandidate {
  fileprivate var restsOnRole: Bool {
    let prefix = "\(IdentifierKind.email.rawValue):"
    return evidence.hasPrefix(prefix) && EmailAddress(normal: String(evidence.dropFirst(prefix.count))).isRole
  }
}

extension CustomerBase {
  /// Writes down what was refused, under the profile whose evidence it was: once for each pair, evidence and reason,
  /// however often it is told.
  func refuse(_ refused: [(profile: ID<Profile>, link: RefusedLink)]) async throws {
    guard !refused.isEmpty else { return }
    let entries = try refused.map { try JournalEntry(subject: $0.profile, type: "link.refused", payload: $0.link) }
    let unwritten: [Int] = try await database.all(
      """
      SELECT min(w.place) - 1
      FROM unnest(\(refused.map(\.profile)), \(entries.map(\.payload))) WITH ORDINALITY AS w (subject, payload, place)
      WHERE NOT EXISTS (
        SELECT FROM base.journal j
        WHERE j.subject = w.subject AND j.type = 'link.refused' AND j.payload = w.payload
      )
      GROUP BY w.subject, w.payload
      ORDER BY 1
      """)
    append(unwritten.map { entries[$0] })
  }
}
