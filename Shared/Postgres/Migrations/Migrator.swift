/// Brings a database to the schema that the program was built with, forward only.
///
/// Each migration is one transaction and is recorded in it, in `public.schema_migrations`. Several migrators at once
/// apply each migration once: the others wait.
public struct Migrator: Sendable {
  private let schemas: [SchemaMigrations]

  private struct Step {
    let schema: String
    let migration: Migration
    let checksum: String
  }

  private struct Applied: Decodable {
    let schema: String
    let version: Int
    let name: String
    let checksum: String
  }

  /// Takes the schemas in the order in which they are migrated.
  public init(schemas: [SchemaMigrations]) {
    self.schemas = schemas
  }

  /// Applies what is missing and returns it, each as `schema/name`.
  ///
  /// Refuses, before anything is changed, a database with a migration that is not known here or was changed since.
  @discardableResult
  public func migrate(
    dsn: String,
    progress: @Sendable (String) -> Void = { _ in }
  ) async throws -> [String] {
    let pool = PostgresPool(
      PostgresConfiguration(
        dsn: dsn, applicationName: "ecrm migrate", sharedConnections: 0, exclusiveConnections: 1,
        acquireTimeout: .seconds(10), statementTimeout: .zero, idleInTransactionTimeout: .zero))
    defer { pool.close() }
    return try await pool.connection { connection in
      try await migrate(connection, progress: progress)
    }
  }

  /// The same on a connection, which should have no time limit for a statement.
  @discardableResult
  public func migrate(
    _ connection: Connection,
    progress: @Sendable (String) -> Void = { _ in }
  ) async throws -> [String] {
    try await lock(connection, progress: progress)
    do {
      let applied = try await apply(connection, progress: progress)
      try await unlock(connection)
      return applied
    } catch {
      // A lost connection has lost its lock too, so the first error is the one that matters.
      try? await unlock(connection)
      throw error
    }
  }

  /// Checks that the database has exactly the migrations of the program: for a service at its start.
  public func verify(_ database: any Database) async throws {
    guard try await hasTable(database) else {
      throw MigrationError(.older, "The database has no schema yet; run the migrations first.")
    }
    let steps = try await steps(database)
    let missing = try await missing(from: steps, in: database)
    if let first = missing.first {
      throw MigrationError(
        .older,
        "The database lacks migration \(first.migration.name) of schema \(first.schema); run the migrations first.")
    }
  }

  private func lock(_ connection: Connection, progress: (String) -> Void) async throws {
    // Asked for again and again: waiting in one statement would hold a snapshot, for which others would wait in turn.
    for attempt in 0..<3000 {
      if try await connection.one("SELECT pg_try_advisory_lock(\(Self.lockNumber))", as: Bool.self) { return }
      if attempt == 0 { progress("waiting for another migrator") }
      try await Task.sleep(for: .milliseconds(200))
    }
    throw MigrationError(.busy, "Another migrator has not finished within ten minutes.")
  }

  private func unlock(_ connection: Connection) async throws {
    try await connection.execute("SELECT pg_advisory_unlock(\(Self.lockNumber))")
  }

  /// "migrate" in ASCII.
  private static let lockNumber = 0x6D69_6772_6174_65

  private func apply(_ connection: Connection, progress: (String) -> Void) async throws -> [String] {
    if try await !hasTable(connection) {
      try await connection.run(
        script: """
          CREATE TABLE IF NOT EXISTS public.schema_migrations (
            schema text NOT NULL,
            version bigint NOT NULL,
            name text NOT NULL,
            checksum text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT schema_migrations_pkey PRIMARY KEY (schema, version)
          );
          GRANT SELECT ON public.schema_migrations TO PUBLIC;
          """)
    }
    let missing = try await missing(from: steps(connection), in: connection)
    var applied: [String] = []
    for step in missing {
      let name = "\(step.schema)/\(step.migration.name)"
      progress(name)
      do {
        try await apply(step, connection)
      } catch let error as PostgresError {
        throw MigrationError(.failed, "Migration \(name) was refused: \(error).")
      }
      applied.append(name)
    }
    return applied
  }

  private func apply(_ step: Step, _ connection: Connection) async throws {
    do {
      try await connection.run(script: "BEGIN; SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = 0;")
      let transaction = try await connection.one("SELECT pg_current_xact_id()", as: TransactionID.self)
      try await connection.run(script: SQL(script: step.migration.sql))
      let now = try await connection.one("SELECT pg_current_xact_id()", as: TransactionID.self)
      guard now == transaction else {
        throw PostgresError(.server, "it ends its transaction, which is the migrator's to end")
      }
      try await connection.execute(
        """
        INSERT INTO public.schema_migrations (schema, version, name, checksum)
        VALUES (\(step.schema), \(step.migration.version), \(step.migration.name), \(step.checksum))
        """)
      try await connection.run(script: "COMMIT; RESET ALL;")
    } catch {
      try? await connection.run(script: "ROLLBACK; RESET ALL;")
      throw error
    }
  }

  private func hasTable(_ database: any Database) async throws -> Bool {
    try await database.one("SELECT to_regclass('public.schema_migrations') IS NOT NULL")
  }

  /// The program's migrations with the checksums of their text.
  private func steps(_ database: any Database) async throws -> [Step] {
    let all = try schemas.flatMap { schema in try schema.numbered().map { (schema.schema, $0) } }
    let checksums = try await database.all(
      """
      SELECT encode(sha256(convert_to(texts.text, 'UTF8')), 'hex')
      FROM unnest(\(all.map(\.1.sql))) WITH ORDINALITY AS texts (text, position)
      ORDER BY texts.position
      """, as: String.self)
    return zip(all, checksums).map { Step(schema: $0.0, migration: $0.1, checksum: $1) }
  }

  /// What the database lacks. Throws where it has something else than the program.
  private func missing(from steps: [Step], in database: any Database) async throws -> [Step] {
    let schemas = self.schemas.map(\.schema)
    let applied = try await database.all(
      """
      SELECT schema, version, name, checksum FROM public.schema_migrations
      WHERE schema = ANY (\(schemas)) ORDER BY schema, version
      """, as: Applied.self)
    for row in applied {
      guard let step = steps.first(where: { $0.schema == row.schema && $0.migration.version == row.version }) else {
        throw MigrationError(
          .newer,
          "The database has migration \(row.name) of schema \(row.schema), which this program does not know.")
      }
      guard step.checksum == row.checksum else {
        throw MigrationError(
          .changed, "Migration \(row.name) of schema \(row.schema) was changed after it had been applied.")
      }
    }
    return steps.filter { step in
      !applied.contains { $0.schema == step.schema && $0.version == step.migration.version }
    }
  }
}
