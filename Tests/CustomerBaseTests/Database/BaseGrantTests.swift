import Models
import Postgres
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

/// Each table has one writer: every role is tried on every table and function of every schema.
struct BaseGrantTests {
  private struct TableName: Decodable, Hashable {
    var schema: String
    var name: String
    var column: String
  }

  private struct Right: Hashable {
    var schema: String
    var table: String
    var privilege: String
  }

  @Test func `a role writes what the lists say and nothing else`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let tables: [TableName] = try await service.database.shared.all(
        """
        SELECT n.nspname::text AS schema, c.relname::text AS name,
          (SELECT a.attname::text FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.attidentity = '' ORDER BY a.attnum LIMIT 1) AS column
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        """)
      #expect(tables.contains { $0.schema == "base" && $0.name == "journal" })
      for suite in allServices {
        let beside = try await service.beside(suite)
        defer { beside.running.pool.close() }
        let granted = rights(of: suite, tables)
        for table in tables {
          for (privilege, statement) in statements(table) {
            let right = Right(schema: table.schema, table: table.name, privilege: privilege)
            let state = await sqlState(of: statement, in: beside.running.pool)
            let expected = granted.contains(right) ? nil : "42501"
            #expect(state == expected, "\(suite.role): \(privilege) on \(table.schema).\(table.name)")
          }
        }
      }
    }
  }

  private func rights(of suite: any SuiteService.Type, _ tables: [TableName]) -> Set<Right> {
    var rights: Set<Right> = []
    for table in tables where table.schema == suite.role {
      for privilege in ["INSERT", "UPDATE", "DELETE"] {
        rights.insert(Right(schema: table.schema, table: table.name, privilege: privilege))
      }
    }
    for grant in BaseGrant.everyService + (BaseGrant.byService[suite.name] ?? []) {
      for privilege in grant.privileges {
        rights.insert(Right(schema: "base", table: grant.table, privilege: privilege.rawValue))
      }
    }
    return rights
  }

  /// Statements that change nothing, and that PostgreSQL refuses all the same where the right is missing.
  private func statements(_ table: TableName) -> [(String, SQL)] {
    let name: SQL = "\(SQL(identifier: table.schema)).\(SQL(identifier: table.name))"
    let column = SQL(identifier: table.column)
    return [
      ("INSERT", "INSERT INTO \(name) (\(column)) SELECT \(column) FROM \(name) WHERE false"),
      ("UPDATE", "UPDATE \(name) SET \(column) = DEFAULT WHERE false"),
      ("DELETE", "DELETE FROM \(name) WHERE false"),
      ("TRUNCATE", "TRUNCATE \(name)"),
    ]
  }

  private func sqlState(of statement: SQL, in pool: PostgresPool) async -> String? {
    do {
      try await pool.execute(statement)
      return nil
    } catch {
      return (error as? PostgresError)?.sqlState ?? "\(error)"
    }
  }

  @Test func `nobody changes the journal`() {
    let grants = BaseGrant.everyService + BaseGrant.byService.values.flatMap(\.self)
    #expect(
      grants.filter { ["journal", "audit_chain", "erased_values"].contains($0.table) }
        .allSatisfy { $0.privileges == [.insert] })
  }

  @Test func `functions with the owner's rights are for the one role that calls them`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      for suite in allServices {
        let rows = try await service.database.shared.rows(
          """
          SELECT n.nspname::text, p.proname::text, has_function_privilege(\(suite.role), p.oid, 'EXECUTE')
          FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
          WHERE p.prosecdef AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
          """)
        #expect(!rows.isEmpty)
        for row in rows {
          let (schema, function, isAllowed) = try row.decode(String.self, String.self, Bool.self)
          let isErasing = suite.name == SuiteDatabase.erasingService && ["erase", "forget_payloads"].contains(function)
          let isOwn = schema == suite.role && suite.ownFunctions.contains(function) || isErasing
          #expect(isAllowed == isOwn, "\(suite.role) and \(schema).\(function)")
        }
      }
    }
  }
}
