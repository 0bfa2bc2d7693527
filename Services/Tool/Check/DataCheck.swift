import CustomerBase
import Postgres
import Server

/// What can be wrong in the data.
enum DataCheck {
  /// Sentences about what is wrong in this database, none when nothing is.
  static func faults(_ databaseURL: String) async -> [String] {
    let pool = PostgresPool(
      PostgresConfiguration(
        dsn: databaseURL, applicationName: "ecrm check", sharedConnections: 0, exclusiveConnections: 1))
    defer { pool.close() }
    do {
      return try await pool.transaction(.snapshot, statementTimeout: .seconds(600)) { database in
        try await Migrator(schemas: SuiteDatabase.whole.schemas).verify(database)
        return try await CustomerBase.faults(in: database)
      }
    } catch {
      return ["The database cannot be checked: \(error)"]
    }
  }
}
