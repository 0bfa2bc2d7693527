import Postgres
import Testing
import TestSupport

struct MigratorTests {
  private let first = (name: "0001_things", sql: "CREATE SCHEMA shop; CREATE TABLE shop.things (id bigint); -- $1 \"'")
  private let second = (
    name: "0002_more",
    sql: "INSERT INTO shop.things (id) VALUES (1); SELECT pg_sleep(0.3); CREATE TABLE shop.more (id bigint);"
  )

  private func migrator(_ migrations: (name: String, sql: String)...) -> Migrator {
    Migrator(schemas: [SchemaMigrations(schema: "shop", migrations: migrations)])
  }

  private func reason(_ body: () async throws -> Void) async -> MigrationError.Reason? {
    do {
      try await body()
      return nil
    } catch {
      return (error as? MigrationError)?.reason
    }
  }

  private func withDSN(_ body: (String, PostgresPool) async throws -> Void) async throws {
    let cluster = try await TestCluster.shared()
    let database = try await cluster.makeDatabase()
    let pool = PostgresPool(PostgresConfiguration(dsn: database.dsn))
    try await body(database.dsn, pool)
    pool.close()
    try await cluster.drop(database.name)
  }

  @Test func `what is missing is applied once, by whoever comes first`() async throws {
    try await withDSN { dsn, pool async throws in
      #expect(await reason { try await migrator(first).verify(pool.shared) } == .older)
      let applied = try await withThrowingTaskGroup(of: [String].self) { group in
        for _ in 0..<3 { group.addTask { try await migrator(first, second).migrate(dsn: dsn) } }
        return try await group.reduce([], +)
      }
      #expect(applied == ["shop/0001_things", "shop/0002_more"])
      #expect(try await migrator(first, second).migrate(dsn: dsn).isEmpty)
      try await migrator(first, second).verify(pool.shared)
      #expect(try await pool.shared.one("SELECT count(*) FROM shop.things", as: Int.self) == 1)
    }
  }

  @Test func `a changed or unknown migration is refused`() async throws {
    try await withDSN { dsn, pool async throws in
      try await migrator(first, second).migrate(dsn: dsn)
      let changed = (name: second.name, sql: second.sql + " ")
      #expect(await reason { _ = try await migrator(first, changed).migrate(dsn: dsn) } == .changed)
      #expect(await reason { try await migrator(first, changed).verify(pool.shared) } == .changed)
      #expect(await reason { try await migrator(first).migrate(dsn: dsn) } == .newer)
      #expect(await reason { try await migrator(first).verify(pool.shared) } == .newer)
      let third = (name: "0003_third", sql: "SELECT 1")
      #expect(await reason { try await migrator(first, second, third).verify(pool.shared) } == .older)
      #expect(await reason { try await migrator(second, first).migrate(dsn: dsn) } == .invalid)
    }
  }

  @Test func `a migration that fails leaves nothing behind`() async throws {
    try await withDSN { dsn, pool async throws in
      for bad in ["CREATE TABLE shop.bad (id bigint); SELECT 1 / 0;", "CREATE TABLE shop.bad (id bigint); ROLLBACK;"] {
        #expect(await reason { try await migrator(first, ("0002_bad", bad)).migrate(dsn: dsn) } == .failed)
        #expect(try await pool.shared.one("SELECT to_regclass('shop.bad') IS NULL", as: Bool.self))
        try await migrator(first).verify(pool.shared)
      }
      #expect(try await migrator(first, second).migrate(dsn: dsn) == ["shop/0002_more"])
    }
  }
}
