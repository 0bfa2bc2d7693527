import JSON
import Models
import Postgres

extension CustomerBase {
  static let callChecks = [
    FaultCheck("kept answers") { try await answerFaults($0) },
    FaultCheck(
      "profiles of kept answers and jobs",
      """
      (
        SELECT 'The answer kept for key ' || a.key || ' of ' || a.principal || ' names profile ' || g.profile
          || ', which is not there.'
        FROM base.answers a CROSS JOIN LATERAL unnest(a.profiles) AS g (profile)
        WHERE NOT EXISTS (SELECT FROM base.profiles p WHERE p.id = g.profile) ORDER BY a.key LIMIT 20
      )
      UNION ALL
      (
        SELECT 'Job ' || j.id || ' names profile ' || g.profile || ', which is not there.'
        FROM base.jobs j CROSS JOIN LATERAL unnest(j.profiles) AS g (profile)
        WHERE NOT EXISTS (SELECT FROM base.profiles p WHERE p.id = g.profile) ORDER BY j.id LIMIT 20
      )
      """),
    FaultCheck(
      "jobs",
      """
      SELECT 'Job ' || id || ' is ' || state || CASE WHEN finished_at IS NULL
        THEN ' without the time of its end.' ELSE ' and has ended.' END
      FROM base.jobs WHERE (state IN ('queued', 'running')) <> (finished_at IS NULL) ORDER BY id LIMIT 20
      """),
  ]

  /// Reads every kept answer, since what a call is answered again goes out as it stands.
  private static func answerFaults(_ database: any Database) async throws -> [String] {
    var faults: [String] = []
    var last = (principal: "", key: "")
    while faults.count < 20 {
      let rows = try await database.rows(
        """
        SELECT principal, key, answer, octet_length(request) IN (0, 32), created_at <= now() + interval '1 hour'
        FROM base.answers WHERE (principal, key) > (\(last.principal), \(last.key)) ORDER BY principal, key LIMIT 500
        """)
      for row in rows {
        let (principal, key, answer, hasDigest, isPast) = try row.decode(
          String.self, String.self, String.self, Bool.self, Bool.self)
        last = (principal, key)
        let isJSON = (try? JSONDocument(parsing: Array(answer.utf8))) != nil
        guard !isJSON || !hasDigest || !isPast else { continue }
        let reason = !isJSON ? "is no JSON" : !hasDigest ? "has no digest of its call" : "is of the future"
        faults.append("The answer kept for key \(key) of \(principal) \(reason).")
      }
      if rows.count < 500 { break }
    }
    return faults
  }
}
