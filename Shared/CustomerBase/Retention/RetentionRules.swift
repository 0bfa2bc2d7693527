import Models
import Postgres

/// A kind of fact that a rule may end the keeping of.
public enum RetainedKind: String, Codable, CaseIterable, Sendable {
  /// What visitors did: the events that `events.collect` took, by when they were received. They are deleted.
  case events
  /// What the journal tells of each change, by when it was made. Who changed what of whom, and when, stays for the audit.
  case journal
  /// People of whom nothing has been heard: no event, no order, no consent, no change of what their records say. They are
  /// erased as by `privacy.erase`, for the reason `purposeEnded`.
  case customers
}

/// How long a kind of fact is kept.
public struct RetentionRule: Codable, Sendable {
  /// What the rule is about.
  public var kind: RetainedKind
  /// Days it is kept; for ever when absent.
  public var days: Int?
  /// When the rule was saved.
  public var savedAt: Timestamp
  /// How far it has been carried out: what is older is gone. Of customers, when all had last been looked at; absent before
  /// that.
  public var doneUpTo: Timestamp?
}

/// A span of time whose facts are due to be forgotten.
public struct DueSpan: Sendable {
  public let since: Timestamp
  public let until: Timestamp
  /// Whether more is due behind it.
  public let isLast: Bool
}

extension CustomerBase {
  private static let columns: SQL =
    "kind, days::int8, saved_at, CASE kind WHEN 'customers' THEN swept_at ELSE gone_before END AS done_up_to"

  /// Saves how long a kind of fact is kept, in the place of what was said before.
  public func saveRetentionRule(_ kind: RetainedKind, days: Int?) async throws -> RetentionRule {
    // Nothing is older than the first entry of the journal, with which everything came.
    let saved: RetentionRule? = try await database.first(
      """
      INSERT INTO base.retention_rules AS r (kind, days, saved_at, saved_by, gone_before)
      VALUES (\(kind.rawValue), \(days), \(now), \(author.actor), COALESCE(
        (SELECT j.at FROM base.journal j ORDER BY j.epoch, j.transaction, j.id LIMIT 1), \(now)))
      ON CONFLICT ON CONSTRAINT retention_rules_pkey DO UPDATE
      SET days = excluded.days, saved_at = excluded.saved_at, saved_by = excluded.saved_by
      WHERE r.days IS DISTINCT FROM excluded.days
      RETURNING \(Self.columns)
      """)
    if let saved {
      append([try JournalEntry(subject: nil, type: "retentionRule.saved", payload: saved)])
      return saved
    }
    return try await database.one(
      "SELECT \(Self.columns) FROM base.retention_rules WHERE kind = \(kind.rawValue)")
  }

  /// All rules, by their kinds.
  public func retentionRules() async throws -> [RetentionRule] {
    try await database.all("SELECT \(Self.columns) FROM base.retention_rules ORDER BY kind")
  }

  /// The next hour of the kind's facts that is due, marked as done with this transaction; nil when nothing is, or somebody
  /// else is at it. An hour at a time, so that no transaction is a long one.
  public func takeDueSpan(_ kind: RetainedKind) async throws -> DueSpan? {
    let row = try await database.rows(
      """
      WITH due AS (
        SELECT kind, gone_before AS since, \(now)::timestamptz - make_interval(days => days) AS due_before
        FROM base.retention_rules
        WHERE kind = \(kind.rawValue) AND gone_before < \(now)::timestamptz - make_interval(days => days)
        FOR UPDATE SKIP LOCKED
      )
      UPDATE base.retention_rules r SET gone_before = least(d.due_before, d.since + interval '1 hour')
      FROM due d WHERE r.kind = d.kind
      RETURNING d.since, r.gone_before, r.gone_before = d.due_before
      """
    ).first
    guard let (since, until, isLast) = try row?.decode(Timestamp.self, Timestamp.self, Bool.self) else { return nil }
    return DueSpan(since: since, until: until, isLast: isLast)
  }

  /// Empties the journal's entries of the span.
  public func forgetPayloads(_ span: DueSpan) async throws {
    try await database.execute("SELECT base.forget_payloads(\(span.since), \(span.until))")
  }
}
