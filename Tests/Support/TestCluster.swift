import Foundation
import Postgres

#if canImport(Glibc)
  import Glibc
#endif

/// A private PostgreSQL for one test process: reachable by its socket alone, gone with the process, and not durable
/// unless it is asked to be.
public final class TestCluster: Sendable {
  /// The folder with everything of the cluster.
  public let folder: String
  /// Where PostgreSQL's programs are.
  public let binaries: String
  /// Kept open: when it closes, with the process or before, the cluster is stopped and removed.
  private let lifeline: FileHandle
  private let administration: PostgresPool

  private static let started = Task { try await TestCluster() }

  /// The cluster of this process, made by the first who asks.
  public static func shared() async throws -> TestCluster {
    try await started.value
  }

  /// A cluster of one's own, for tests that stop it.
  public init(isDurable: Bool = false) async throws {
    binaries = try Self.findBinaries()
    let number = UInt32.random(in: .min ... .max)
    folder = "/tmp/ecrm-test-\(getpid())-\(String(number, radix: 36))"
    let user = getuid() == 0 ? (getpwnam("postgres") == nil ? "nobody" : "postgres") : ""
    let pipe = Pipe()
    lifeline = pipe.fileHandleForWriting
    // Other children of this process must not keep the pipe open.
    _ = fcntl(lifeline.fileDescriptor, F_SETFD, FD_CLOEXEC)
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = ["-c", Self.script, "test-cluster", folder, binaries, user, isDurable ? "on" : "off"]
    shell.standardInput = pipe
    shell.standardOutput = FileHandle.nullDevice
    shell.standardError = FileHandle.nullDevice
    try shell.run()
    try? pipe.fileHandleForReading.close()
    administration = PostgresPool(
      PostgresConfiguration(
        dsn: Self.dsn(folder, "postgres"), sharedConnections: 0, exclusiveConnections: 2, acquireTimeout: .seconds(60),
        statementTimeout: .seconds(60)))
    try await administration.connection { connection in _ = try await connection.execute("SELECT 1") }
  }

  /// Where the cluster's database of the name is.
  public func dsn(_ database: String) -> String {
    Self.dsn(folder, database)
  }

  private static func dsn(_ folder: String, _ database: String) -> String {
    "host=\(folder)/socket user=postgres dbname=\(database)"
  }

  /// Makes a database, as a copy of the template when one is named.
  public func makeDatabase(template: String? = nil) async throws -> TestDatabase {
    let name = "test_\(String(UInt64.random(in: .min ... .max), radix: 36))"
    try await create(name, template: template)
    return TestDatabase(name: name, dsn: dsn(name))
  }

  /// Makes a database of the name, as a copy of the template when one is named.
  public func create(_ name: String, template: String? = nil) async throws {
    try await administration.connection { connection in
      let copied: SQL = template.map { " TEMPLATE \(SQL(identifier: $0))" } ?? ""
      try await connection.execute("CREATE DATABASE \(SQL(identifier: name))\(copied)")
    }
  }

  /// Removes a database, whoever is connected to it.
  public func drop(_ name: String) async throws {
    try await administration.connection { connection in
      try await connection.execute("DROP DATABASE IF EXISTS \(SQL(identifier: name)) WITH (FORCE)")
    }
  }

  /// Stops PostgreSQL as a crash would and starts it again.
  public func restart() async throws {
    _ = FileManager.default.createFile(atPath: "\(folder)/again", contents: nil)
    let text = try String(contentsOfFile: "\(folder)/data/postmaster.pid", encoding: .utf8)
    guard let line = text.split(separator: "\n").first, let postmaster = pid_t(line) else {
      throw PostgresError(.unavailable, "the test cluster does not run")
    }
    kill(postmaster, SIGQUIT)
  }

  /// Starts PostgreSQL in the foreground of a shell's child, and ends it when the pipe at standard input closes.
  private static let script = """
    folder=$1 binaries=$2 user=$3 durable=$4
    as() { if [ -n "$user" ]; then setpriv --reuid="$user" --regid="$user" --clear-groups -- "$@"; else "$@"; fi; }
    umask 077
    mkdir -p "$folder/socket" || exit 1
    [ -n "$user" ] && chown -R "$user" "$folder"
    cd "$folder" || exit 1
    as "$binaries/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 -N >"$folder/log" 2>&1
    run() {
      while :; do
        as "$binaries/postgres" -D "$folder/data" -k "$folder/socket" -c listen_addresses= -c fsync=$durable \\
          -c full_page_writes=$durable -c synchronous_commit=on -c max_connections=200 -c shared_buffers=64MB \\
          -c autovacuum_naptime=5 >>"$folder/log" 2>&1 </dev/null
        [ -e "$folder/again" ] || break
        rm -f "$folder/again"
      done
    }
    run &
    while read -r line; do :; done
    rm -f "$folder/again"
    [ -f "$folder/data/postmaster.pid" ] && kill -INT "$(head -1 "$folder/data/postmaster.pid")"
    wait
    rm -rf "$folder"
    """

  private static func findBinaries() throws -> String {
    let environment = ProcessInfo.processInfo.environment
    var folders = [environment["ECRM_POSTGRES_BIN"]].compactMap { $0 }
    folders += (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    let root = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    folders += versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "\(root)/\($0)/bin" }
    let found = folders.first { folder in
      ["initdb", "postgres"].allSatisfy { FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)") }
    }
    guard let found else { throw PostgresError(.unavailable, "PostgreSQL's programs were not found") }
    // A link to it on the path may lack its neighbours.
    return URL(fileURLWithPath: "\(found)/postgres").resolvingSymlinksInPath().deletingLastPathComponent().path
  }
}

/// A database for one test.
public struct TestDatabase: Sendable {
  public let name: String
  public let dsn: String
}

/// Runs the body with a pool on a database of its own, which is dropped afterwards.
public func withDatabase<Value: Sendable>(
  template: String? = nil,
  configure: (inout PostgresConfiguration) -> Void = { _ in },
  _ body: (PostgresPool) async throws -> Value
) async throws -> Value {
  let cluster = try await TestCluster.shared()
  let database = try await cluster.makeDatabase(template: template)
  var configuration = PostgresConfiguration(dsn: database.dsn)
  configure(&configuration)
  let pool = PostgresPool(configuration)
  do {
    let value = try await body(pool)
    pool.close()
    try await cluster.drop(database.name)
    return value
  } catch {
    pool.close()
    try await cluster.drop(database.name)
    throw error
  }
}
