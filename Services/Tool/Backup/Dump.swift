import Foundation
import Postgres
import Synchronization

/// What `pg_dump` writes of a database: everything of one snapshot, without owners and rights, which `ecrm migrate` gives.
struct Dump: Sendable {
  private let connection: ConnectionString
  private let format: BackupFormat

  init(_ connection: ConnectionString, format: BackupFormat) {
    self.connection = connection
    self.format = format
  }

  /// Writes the dump, showing how far it is on standard error.
  func write(to path: String) async throws {
    let sizes = try await tableSizes()
    let client = PostgresClient(connection, serverMajor: try await connection.serverMajor())
    let program = try client.program(
      "pg_dump",
      arguments: [
        "--format=\(format.rawValue)", "--no-owner", "--no-privileges", "--no-comments", "--verbose", "--file=\(path)",
        client.database,
      ])
    let watch = DumpWatch(sizes)
    let status = try await program.run { watch.see($0) }
    watch.finish()
    guard status == 0 else {
      throw Fault("pg_dump ended with \(describeEnd(status)): correct what it says (\(watch.telling)) and try again.")
    }
  }

  /// Megabytes of each table, at least one.
  private func tableSizes() async throws -> [String: Int] {
    let pool = connection.pool(for: "ecrm backup")
    defer { pool.close() }
    return try await pool.connection { connection in
      let rows = try await connection.rows(
        """
        SELECT n.nspname || '.' || c.relname, pg_table_size(c.oid) / 1048576 + 1
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        """)
      return Dictionary(
        uniqueKeysWithValues: try rows.map { row in
          let (name, size) = try row.decode(String.self, Int64.self)
          return (name, Int(size))
        })
    }
  }
}

/// Reads from what `pg_dump --verbose` tells how far it is, and what went wrong.
private final class DumpWatch: Sendable {
  private let sizes: [String: Int]
  private let bar: ProgressBar
  private let state = Mutex((table: "", telling: "nothing"))

  init(_ sizes: [String: Int]) {
    self.sizes = sizes
    bar = ProgressBar(title: "Backup, MB", total: sizes.values.reduce(0, +))
  }

  var telling: String { state.withLock { $0.telling } }

  func see(_ line: String) {
    if line.contains("error:") { state.withLock { $0.telling = line } }
    guard let match = line.firstMatch(of: /dumping contents of table "(.+)"/) else { return }
    leave(for: String(match.1))
  }

  func finish() {
    leave(for: "")
    bar.finish()
  }

  /// Counts the table that was being written, when the next one begins.
  private func leave(for next: String) {
    let done = state.withLock { state in
      defer { state.table = next }
      return sizes[state.table] ?? 0
    }
    bar.advance(by: done)
  }
}
