import Foundation
import Postgres

/// The programs that PostgreSQL brings for backups, run against one server.
struct PostgresClient: Sendable {
  private let connection: ConnectionString
  private let serverMajor: Int
  private let environment: [String: String]

  /// - Parameter serverMajor: A program must not be older than the server, and is taken as new as that at best.
  init(
    _ connection: ConnectionString, serverMajor: Int,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    self.connection = connection
    self.serverMajor = serverMajor
    self.environment = environment
  }

  /// The program of this name, with what it needs to connect in its environment: no argument shows a password.
  func program(_ name: String, arguments: [String]) throws -> Program {
    var own = environment.filter { !$0.key.hasPrefix("PG") && !$0.key.hasPrefix("ECRM_") }
    own["LANG"] = "C.UTF-8"
    own["PGAPPNAME"] = "ecrm \(name)"
    if let password = connection["password"] { own["PGPASSWORD"] = password }
    return Program(path: try find(name), arguments: arguments, environment: own)
  }

  /// The argument that names the database.
  var database: String { "--dbname=" + connection.with("password", nil).text }

  private func find(_ name: String) throws -> String {
    let folders = PostgresInstallation.candidates(environment) + ["/usr/local/bin", "/usr/bin"]
    let found = folders.map { "\($0)/\(name)" }.filter(Files.isExecutable).compactMap { path -> (String, Int)? in
      guard let (status, output) = try? Program(path: path, arguments: ["--version"]).run(), status == 0 else {
        return nil
      }
      return PostgresInstallation.major(inVersion: output).map { (path, $0) }
    }
    let usable = found.filter { $0.1 >= serverMajor }.min { $0.1 < $1.1 }
    guard let usable else {
      throw Fault(
        "\(name) of PostgreSQL \(serverMajor) or newer is missing: install it (on Debian or Ubuntu: apt install "
          + "postgresql-client), or name the folder of the programs with ECRM_POSTGRES_BIN.")
    }
    return usable.0
  }
}

extension ConnectionString {
  /// A few connections for the work of a command that may take its time.
  func pool(for command: String) -> PostgresPool {
    PostgresPool(
      PostgresConfiguration(
        dsn: text, applicationName: command, sharedConnections: 0, exclusiveConnections: 2,
        acquireTimeout: .seconds(10), statementTimeout: .zero, idleInTransactionTimeout: .zero))
  }

  /// The number before the point in the server's version.
  func serverMajor() async throws -> Int {
    let pool = pool(for: "ecrm")
    defer { pool.close() }
    return try await pool.connection { connection in
      let version: String = try await connection.one("SELECT current_setting('server_version_num')")
      return (Int(version) ?? 0) / 10_000
    }
  }
}
