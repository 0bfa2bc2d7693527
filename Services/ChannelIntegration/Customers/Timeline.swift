import Models
import Postgres

/// Where a page of a timeline ended.
struct TimelinePosition: Codable, Sendable {
  var at: Timestamp
  /// Tells entries of one moment apart.
  var key: String
}

/// An entry with what orders it.
struct TimelineRow: Codable, Sendable {
  var at: Timestamp
  var key: String
  var type: String
  var profile: ID<Profile>
  var source: String
  var details: RawJSON
}

/// Merges the journal with the tables of facts, each read by its own index and no further than the page needs.
func timeline(
  of profiles: [ID<Profile>], before: TimelinePosition?, limit: Int, in database: any Database
) async throws -> [TimelineRow] {
  // What of each table lies before the position, by the table's own index first.
  func isBefore(_ at: SQL, _ key: SQL) -> SQL {
    guard let before else { return "true" }
    return "\(at) <= \(before.at) AND (\(at), (\(key)) COLLATE \"C\") < (\(before.at), \(before.key))"
  }
  let journalKey: SQL = "'journal:' || lpad(j.id::text, 20, '0')"
  return try await database.all(
    """
    SELECT t.at, t.key, t.type, t.profile, t.source, t.details
    FROM unnest(\(profiles)) AS p (profile)
    CROSS JOIN LATERAL (
      (
        SELECT j.at, \(journalKey) AS key, j.type, j.subject AS profile, j.service AS source,
          COALESCE(j.payload, 'null') AS details
        FROM base.journal j
        WHERE j.subject = p.profile AND \(isBefore("j.at", journalKey))
        ORDER BY j.at DESC, j.id DESC LIMIT \(limit)
      )
      UNION ALL
      (
        SELECT o.ordered_at, 'order:' || o.id, 'order.' || o.status, o.profile, o.source, jsonb_build_object(
          'order', o.id, 'externalId', o.external_id,
          'total', jsonb_build_object('amount', base.amount(o.total, o.currency), 'currency', o.currency))
        FROM base.orders o
        WHERE o.profile = p.profile AND \(isBefore("o.ordered_at", "'order:' || o.id"))
        ORDER BY o.ordered_at DESC, o.id DESC LIMIT \(limit)
      )
      UNION ALL
      (
        SELECT e.occurred_at, 'event:' || e.id, 'event.' || e.type, e.profile, 'acquisition', e.body
        FROM acquisition.events e
        WHERE e.profile = p.profile AND \(isBefore("e.occurred_at", "'event:' || e.id"))
        ORDER BY e.occurred_at DESC, e.id DESC LIMIT \(limit)
      )
    ) t
    ORDER BY t.at DESC, t.key COLLATE "C" DESC
    LIMIT \(limit)
    """)
}
