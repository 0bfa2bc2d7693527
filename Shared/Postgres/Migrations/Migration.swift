/// One step of a schema: a file whose statements run in one transaction.
public struct Migration: Sendable, Hashable {
  public let version: Int
  public let name: String
  public let sql: String

  public init(version: Int, name: String, sql: String) {
    self.version = version
    self.name = name
    self.sql = sql
  }
}

/// The steps of one schema, in their order. The first one makes the schema itself.
public struct SchemaMigrations: Sendable {
  public let schema: String
  public let migrations: [(name: String, sql: String)]

  /// Takes the files' names without their extension: `0001_profiles`.
  public init(schema: String, migrations: [(name: String, sql: String)]) {
    self.schema = schema
    self.migrations = migrations
  }

  /// The steps by number; a name without one, or out of order, is refused.
  public func numbered() throws -> [Migration] {
    var last = 0
    return try migrations.map { name, sql in
      guard let version = Int(name.prefix { $0.isNumber }), version > last else {
        throw MigrationError(.invalid, "Migration \"\(name)\" of schema \(schema) has no number above \(last).")
      }
      last = version
      return Migration(version: version, name: name, sql: sql)
    }
  }
}

/// Why the database and the program do not fit. The description is one sentence for whoever operates them.
public struct MigrationError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Reason: Sendable, Hashable {
    /// The files themselves are wrong.
    case invalid
    /// The database lacks migrations that the program has.
    case older
    /// The database has migrations that the program does not know.
    case newer
    /// A migration was changed after it had been applied.
    case changed
    /// Another migrator did not finish in time.
    case busy
    /// PostgreSQL refused a migration.
    case failed
  }

  public let reason: Reason
  public let description: String

  init(_ reason: Reason, _ description: String) {
    self.reason = reason
    self.description = description
  }
}
