import Foundation

/// The suite's private PostgreSQL cluster: where it lies, how it is started, and how it is reached.
struct Cluster: Sendable {
  static let owner = "ecrm"
  static let database = "ecrm"

  let installation: PostgresInstallation
  /// As whom it runs; nil as the user of this process.
  let user: OrdinaryUser?
  /// The data folder itself, with no link on the way.
  let dataFolder: String
  let socketFolder: String
  let port: Int
  let log: String

  /// The server, as a program that runs until it is asked to end.
  func server() throws -> Program {
    // What follows from the place and the ports is said here; how it is tuned stands in postgresql.conf, where the
    // person who runs it may change it.
    try program(
      "postgres",
      arguments: [
        "-D", dataFolder, "-c", "listen_addresses=", "-c", "unix_socket_directories=\(socketFolder)", "-p", "\(port)",
      ])
  }

  /// Starts the server; it is ready when `isReady` says so.
  func start() throws -> pid_t {
    try SocketFolder.prepare(socketFolder, user: user)
    return try server().spawn()
  }

  /// A program of PostgreSQL's, run as the cluster's user with an environment that nothing of the caller's disturbs.
  func program(_ name: String, arguments: [String]) throws -> Program {
    let program = Program(
      path: "\(installation.folder)/\(name)", arguments: arguments,
      environment: ["PATH": "\(installation.folder):/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"],
      workingFolder: "/", log: log)
    return try user.map { try $0.running(program) } ?? program
  }

  /// Whether this process is the server of the data folder and takes connections.
  static func isReady(_ pid: pid_t, in dataFolder: String) -> Bool {
    guard let text = try? Files.text(lockFile(dataFolder)) else { return false }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    // PostgreSQL tells its state in the eighth line of its lock file, as pg_ctl reads it.
    return lines.count > 7 && lines[0] == "\(pid)" && lines[7].trimmingCharacters(in: .whitespaces) == "ready"
  }

  /// How a role reaches the database.
  func databaseURL(role: String, password: String) -> String {
    "postgresql://\(role):\(password)@/\(Self.database)?host=\(Self.percentEncoded(socketFolder))&port=\(port)"
  }

  /// The server that runs in this data folder, whoever has started it; nil when none does.
  static func runningServer(_ dataFolder: String) -> ProcessIdentity? {
    guard let folder = Files.resolved(dataFolder), let text = try? Files.text(lockFile(folder)),
      let pid = text.split(separator: "\n").first.flatMap({ pid_t($0) }), let identity = ProcessIdentity(pid: pid)
    else { return nil }
    // The number may be another program's by now. A server works in its data folder; where that cannot be seen, the
    // program's name has to do.
    if let workingFolder = Files.resolved("/proc/\(pid)/cwd") { return workingFolder == folder ? identity : nil }
    return (try? Files.text("/proc/\(pid)/comm")) == "postgres" ? identity : nil
  }

  /// Ends the server that runs in this data folder, if one does: its clients are cut off, nothing committed is lost.
  static func endServer(_ dataFolder: String) async throws {
    try await runningServer(dataFolder)?.end(asking: SIGINT, forcing: SIGQUIT, afterSeconds: 60)
  }

  private static func lockFile(_ dataFolder: String) -> String { dataFolder + "/postmaster.pid" }

  static func percentEncoded(_ path: String) -> String {
    let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/")
    return path.addingPercentEncoding(withAllowedCharacters: plain) ?? path
  }
}
