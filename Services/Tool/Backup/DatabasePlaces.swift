import Postgres
import Server

/// The database of a suite and the one that is to take its place, in one cluster.
struct DatabasePlaces: Sendable {
  struct Current: Sendable {
    var holdsData: Bool
    /// Of its journal; 0 where it has none.
    var lastEpoch: Int
    fileprivate var encoding: String
    fileprivate var collate: String
    fileprivate var ctype: String
  }

  let name: String
  /// The database that the backup is loaded into.
  let beside: ConnectionString
  private let connection: ConnectionString
  private let administration: PostgresPool
  private let besideName: String
  private let replacedName: String

  init(_ connection: ConnectionString) {
    self.connection = connection
    name = connection["dbname"] ?? connection["user"] ?? Cluster.database
    besideName = "\(name)_restored"
    replacedName = "\(name)_replaced"
    beside = connection.with("dbname", besideName)
    administration = connection.with("dbname", "postgres").pool(for: "ecrm restore")
  }

  func close() { administration.close() }

  /// What there is now.
  func current() async throws -> Current {
    let pool = connection.pool(for: "ecrm restore")
    defer { pool.close() }
    return try await pool.connection { database in
      let row = try await database.rows(
        """
        SELECT pg_encoding_to_char(encoding)::text, datcollate::text, datctype::text
        FROM pg_database WHERE datname = current_database()
        """
      ).first
      let (encoding, collate, ctype) = try row?.decode(String.self, String.self, String.self) ?? ("UTF8", "C", "C")
      let hasJournal: Bool = try await database.one("SELECT to_regclass('base.epochs') IS NOT NULL")
      let epoch: Int =
        hasJournal ? try await database.one("SELECT COALESCE(max(epoch), 0)::int8 FROM base.epochs") : 0
      return Current(
        holdsData: try await Self.holdsData(database), lastEpoch: epoch, encoding: encoding, collate: collate,
        ctype: ctype)
    }
  }

  /// What migrations and idle services fill by themselves.
  private static let filled = [
    "public.schema_migrations", "base.epochs", "base.purposes", "base.purpose_texts", "base.blocked_values",
    "base.followers", "channel_integration.disposable_domains",
  ]

  /// Whether any other table has a row.
  private static func holdsData(_ database: Connection) async throws -> Bool {
    let tables = try await database.rows(
      """
      SELECT n.nspname::text, c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND n.nspname || '.' || c.relname <> ALL (\(filled))
      """)
    for row in tables {
      let (schema, table) = try row.decode(String.self, String.self)
      let hasRow: Bool = try await database.one(
        "SELECT EXISTS (SELECT FROM \(SQL(identifier: schema)).\(SQL(identifier: table)))")
      if hasRow { return true }
    }
    return false
  }

  /// Throws where services still use the database.
  func requireUnused() async throws {
    let roles = Service.allCases.map(\.role)
    let users: [String] = try await administration.connection { connection in
      try await connection.all(
        """
        SELECT DISTINCT usename::text FROM pg_stat_activity
        WHERE datname = \(name) AND usename = ANY (\(roles)) ORDER BY 1
        """)
    }
    guard !users.isEmpty else { return }
    throw Fault(
      "The database \(name) is in use by \(users.joined(separator: ", ")): stop these services first. Nothing was changed."
    )
  }

  /// Makes the empty database, after removing what a restore that was killed has left.
  func makeBeside(like current: Current) async throws {
    try await dropBeside()
    try await dropReplaced()
    try await administration.connection { connection in
      try await connection.execute(
        """
        CREATE DATABASE \(SQL(identifier: besideName)) TEMPLATE template0
        ENCODING \(SQL(identifier: current.encoding)) LC_COLLATE \(SQL(identifier: current.collate))
        LC_CTYPE \(SQL(identifier: current.ctype))
        """)
    }
  }

  /// Puts the new database in the old one's place: one transaction, so at every moment there is one of the name.
  ///
  /// A database that is being renamed takes no new connections; those it has are ended meanwhile.
  func swap() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        while !Task.isCancelled {
          // Whether it succeeds shows in the renaming alone.
          _ = try? await administration.connection { connection in
            try await connection.execute(
              """
              SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN (\(name), \(besideName))
              """)
          }
          try? await Task.sleep(for: .milliseconds(100))
        }
      }
      group.addTask {
        try await administration.transaction { transaction in
          try await transaction.execute(
            "ALTER DATABASE \(SQL(identifier: name)) RENAME TO \(SQL(identifier: replacedName))")
          try await transaction.execute(
            "ALTER DATABASE \(SQL(identifier: besideName)) RENAME TO \(SQL(identifier: name))")
        }
      }
      // The other ends only when it is cancelled.
      try await group.next()
      group.cancelAll()
    }
  }

  func dropBeside() async throws { try await drop(besideName) }

  func dropReplaced() async throws { try await drop(replacedName) }

  private func drop(_ name: String) async throws {
    try await administration.connection { connection in
      try await connection.execute("DROP DATABASE IF EXISTS \(SQL(identifier: name)) WITH (FORCE)")
    }
  }
}
