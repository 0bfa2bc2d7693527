import JSON
import Models
import Postgres

/// What a person says of a pair.
public enum MatchVerdict: String, Codable, CaseIterable, Sendable {
  /// The two are one person: they are linked.
  case same
  /// The two are not, and are never linked by probability.
  case different
}

extension CustomerBase {
  /// Remembers what a person says of two profiles, in the place of what was said before. One person's are linked; the
  /// links between two people's are removed.
  ///
  /// - Throws: `notFound` when one of the profiles does not exist.
  public func decide(_ one: ID<Profile>, _ other: ID<Profile>, _ verdict: MatchVerdict, reason: String) async throws {
    let (a, b) = (min(one, other), max(one, other))
    try await lockProfiles([a, b])
    let changed = try await database.execute(
      """
      INSERT INTO base.match_decisions AS d (a, b, verdict, reason, decided_by, decided_at)
      VALUES (\(a), \(b), \(verdict.rawValue), \(reason), \(author.actor), \(now))
      ON CONFLICT ON CONSTRAINT match_decisions_pkey DO UPDATE
      SET verdict = excluded.verdict, reason = excluded.reason, decided_by = excluded.decided_by,
        decided_at = excluded.decided_at
      WHERE d.verdict <> excluded.verdict
      """)
    if changed > 0 {
      // Without the reason: the entry stands under both, and says of neither more than that somebody decided.
      append(
        try [a, b].map { profile in
          try JournalEntry(
            subject: profile, type: "match.decided", payload: MatchDecided(a: a, b: b, verdict: verdict))
        })
    }
    switch verdict {
    case .same: _ = try await link(a, b, reason: reason)
    case .different:
      let links: [ID<Link>] = try await database.all(
        """
        SELECT id FROM base.links
        WHERE least(a, b) = \(a) AND greatest(a, b) = \(b) AND removed_at IS NULL ORDER BY id
        """)
      for link in links { _ = try await unlink(link, reason: reason) }
    }
  }
}

/// Payload of `match.decided`.
private struct MatchDecided: Codable {
  var a: ID<Profile>
  var b: ID<Profile>
  var verdict: MatchVerdict
}
