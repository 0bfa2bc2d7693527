import Postgres
import Synchronization

/// What the database tells of a service: how far behind its followers are, which jobs wait, which schema it has.
///
/// It is asked in the background, so that a flood of questions for metrics is none for the database. While the database
/// does not answer there are no such samples.
final class DatabaseMetrics: Sendable {
  static let help = [
    "follower_entries_waiting": "Entries of the journal that the follower has not read, counted up to 10000.",
    "follower_oldest_entry_age_seconds": "Age of the oldest entry that the follower has not read, else 0.",
    "jobs_open": "Jobs that wait or are worked on.",
    "jobs_oldest_age_seconds": "Age of the oldest job that has not ended, else 0.",
    "schema_version": "The last migration that the database has of the schema.",
  ]

  private let service: any SuiteService.Type
  private let pool: PostgresPool
  private let everySeconds: Double
  private let last = Mutex<[PrometheusMetrics.Sample]>([])

  init(_ service: any SuiteService.Type, pool: PostgresPool, everySeconds: Double = 10) {
    self.service = service
    self.pool = pool
    self.everySeconds = everySeconds
  }

  /// What was found last.
  @Sendable func samples() -> [PrometheusMetrics.Sample] {
    last.withLock { $0 }
  }

  /// Asks again and again, until it is cancelled.
  func run() async {
    while !Task.isCancelled {
      let found = try? await ask()
      last.withLock { $0 = found ?? [] }
      try? await Task.sleep(for: .seconds(found == nil ? 1 : everySeconds))
    }
  }

  func ask() async throws -> [PrometheusMetrics.Sample] {
    try await followers() + jobs() + schemas()
  }

  private func followers() async throws -> [PrometheusMetrics.Sample] {
    let names = service.followers.map { $0.name }
    guard !names.isEmpty else { return [] }
    let rows = try await pool.shared.rows(
      """
      SELECT name,
        (SELECT count(*) FROM (
          SELECT FROM base.journal j WHERE (j.epoch, j.transaction, j.id) > (f.epoch, f.transaction, f.id) LIMIT 10000
        ) AS unread),
        coalesce((
          SELECT greatest(extract(epoch FROM clock_timestamp() - j.at), 0) FROM base.journal j
          WHERE (j.epoch, j.transaction, j.id) > (f.epoch, f.transaction, f.id)
          ORDER BY j.epoch, j.transaction, j.id LIMIT 1
        ), 0)::float8
      FROM unnest(\(names)) AS names (name)
      CROSS JOIN LATERAL (
        SELECT coalesce(max(r.epoch), 0) AS epoch, coalesce(max(r.transaction::text), '0')::xid8 AS transaction,
          coalesce(max(r.id), 0) AS id
        FROM base.followers r WHERE r.name = names.name
      ) AS f
      """)
    return try rows.flatMap { row in
      let (name, count, age) = try row.decode(String.self, Int.self, Double.self)
      return [
        PrometheusMetrics.Sample("follower_entries_waiting", labels: [("follower", name)], value: Double(count)),
        PrometheusMetrics.Sample("follower_oldest_entry_age_seconds", labels: [("follower", name)], value: age),
      ]
    }
  }

  private func jobs() async throws -> [PrometheusMetrics.Sample] {
    let rows = try await pool.shared.rows(
      """
      SELECT count(*) FILTER (WHERE state = 'queued'), count(*) FILTER (WHERE state = 'running'),
        coalesce(greatest(extract(epoch FROM clock_timestamp() - min(created_at)), 0), 0)::float8
      FROM base.jobs WHERE service = \(service.name) AND state IN ('queued', 'running')
      """)
    return try rows.flatMap { row in
      let (queued, running, age) = try row.decode(Int.self, Int.self, Double.self)
      return [
        PrometheusMetrics.Sample("jobs_open", labels: [("state", "queued")], value: Double(queued)),
        PrometheusMetrics.Sample("jobs_open", labels: [("state", "running")], value: Double(running)),
        PrometheusMetrics.Sample("jobs_oldest_age_seconds", value: age),
      ]
    }
  }

  private func schemas() async throws -> [PrometheusMetrics.Sample] {
    let rows = try await pool.shared.rows(
      """
      SELECT schema, max(version) FROM public.schema_migrations
      WHERE schema = ANY (\(["base", service.role])) GROUP BY schema ORDER BY schema
      """)
    return try rows.map { row in
      let (schema, version) = try row.decode(String.self, Int.self)
      return PrometheusMetrics.Sample("schema_version", labels: [("schema", schema)], value: Double(version))
    }
  }
}
