import Models
import Postgres
import Server
import TestSupport
import Testing

@testable import Tool

struct ReferencesTests {
  private struct Undo: Error {}

  @Test func `a row whose other is not there is found, for each reference`() async throws {
    try await withExampleDatabase { _, pool in
      try await fillWhatTheExampleLeavesEmpty(pool)
      let schemas = SuiteDatabase.whole.schemas.map(\.schema)
      let references = try await Reference.constrained(schemas, in: pool.shared) + Reference.unconstrained
      #expect(references.count > 15)
      for reference in references {
        #expect(try await reference.check.faults(pool.shared) == [], "\(reference)")
        let faults = try await self.faults(after: reference, in: pool)
        #expect(faults.count == 1, "\(reference): \(faults)")
        #expect(faults.first?.contains("which is not in \(reference.target)") == true)
      }
    }
  }

  /// A row in each table whose rows are gone when the work that they are for is done.
  private func fillWhatTheExampleLeavesEmpty(_ pool: PostgresPool) async throws {
    for statement: SQL in [
      """
      INSERT INTO channel_integration.imports (job, owner, errors, state, expires_at)
      SELECT f.id, f.owner, f.id, '{}', f.expires_at FROM channel_integration.files f
      """,
      "INSERT INTO channel_integration.import_keys (job, key) SELECT i.job, i.job FROM channel_integration.imports i",
      """
      INSERT INTO channel_integration.exports (job, owner, file)
      SELECT f.id, f.owner, f.id FROM channel_integration.files f
      """,
    ] { try await pool.execute(statement) }
  }

  /// Points one row of the reference nowhere, as a superuser can, looks, and undoes it.
  private func faults(after reference: Reference, in pool: PostgresPool) async throws -> [String] {
    var faults: [String] = []
    do {
      try await pool.transaction(statementTimeout: .seconds(60)) { transaction in
        try await transaction.execute("SELECT set_config('session_replication_role', 'replica', true)")
        let names = reference.table.split(separator: ".").map { SQL(identifier: String($0)) }
        let table = names.joined(separator: ".")
        let column = SQL(identifier: reference.columns[0])
        let type: String = try await transaction.one("SELECT pg_typeof(\(column))::text FROM \(table) LIMIT 1")
        // Of a pair the smaller id stands in `a`.
        let (least, greatest): (SQL, SQL) = (
          "'00000000-0000-4000-8000-000000000000'", "'ffffffff-ffff-4fff-bfff-ffffffffffff'"
        )
        let id = reference.columns[0] == "a" ? least : greatest
        let nowhere: SQL = type == "uuid" ? id : type == "bigint" ? "-1" : "'nowhere'"
        let changed = try await transaction.execute(
          """
          UPDATE \(table) SET \(column) = \(nowhere)
          WHERE (tableoid, ctid) = (SELECT tableoid, ctid FROM \(table) WHERE \(column) IS NOT NULL LIMIT 1)
          """)
        #expect(changed == 1, "\(reference)")
        faults = try await reference.check.faults(transaction)
        throw Undo()
      }
    } catch is Undo {}
    return faults
  }

  @Test func `every column that names a profile or a customer is a reference`() async throws {
    try await withExampleDatabase { _, pool in
      let schemas = SuiteDatabase.whole.schemas.map(\.schema)
      let references = try await Reference.constrained(schemas, in: pool.shared) + Reference.unconstrained
      let known = Set(references.flatMap { reference in reference.columns.map { "\(reference.table).\($0)" } })
      let columns: [String] = try await pool.shared.all(
        """
        SELECT n.nspname || '.' || c.relname || '.' || a.attname
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname = ANY (\(schemas)) AND a.attnum > 0
          AND a.atttypid = 'uuid'::regtype AND a.attname IN ('profile', 'customer', 'subject', 'a', 'b')
        """)
      #expect(columns.count > 10)
      #expect(Set(columns).subtracting(known) == [])
    }
  }
}
