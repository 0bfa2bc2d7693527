import Logging
import Postgres
import TestSupport
import Testing

@testable import Server

@Suite struct RunningServiceTests {
  /// What a session of a service finds that begins now.
  private func fault(_ dsn: String) async throws -> String? {
    let pool = PostgresPool(PostgresConfiguration(dsn: dsn))
    defer { pool.close() }
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    return try await RunningService(OddService.self, pool: pool, clock: systemClock, logger: logger).durabilityFault()
  }

  @Test func `a database that may lose what was answered is told from one that does not`() async throws {
    let cluster = try await TestCluster(isDurable: true)
    let database = try await cluster.makeDatabase()
    #expect(try await fault(database.dsn) == nil)
    let pool = PostgresPool(PostgresConfiguration(dsn: database.dsn))
    defer { pool.close() }
    let whole: SQL = "DATABASE \(SQL(identifier: database.name))"
    for whose: SQL in ["ROLE postgres", whole] {
      try await pool.connection { try await $0.execute("ALTER \(whose) SET synchronous_commit = off") }
      let found = try await fault(database.dsn)
      #expect(
        found == "The database has synchronous_commit off, for this role at least: what was answered could be lost.")
      try await pool.connection { try await $0.execute("ALTER \(whose) RESET synchronous_commit") }
    }
    #expect(try await fault(database.dsn) == nil)
  }

  @Test func `all that is off is named`() async throws {
    let cluster = try await TestCluster.shared()
    let database = try await cluster.makeDatabase()
    let found = try await fault(database.dsn)
    #expect(found?.hasPrefix("The database has fsync and full_page_writes off, ") == true)
    try await cluster.drop(database.name)
  }
}
