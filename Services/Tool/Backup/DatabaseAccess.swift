import Foundation
import Postgres

/// The suite's database as its owner reaches it, for as long as a command works on it.
struct DatabaseAccess: Sendable {
  enum Host: Sendable {
    /// `ECRM_DATABASE_URL` names it; who else uses it is not ours to say.
    case external
    /// A suite runs in the state folder.
    case suite
    /// The state folder's cluster, started for this command alone.
    case alone
  }

  let connection: ConnectionString
  let host: Host

  /// Runs the body with the database that `ECRM_DATABASE_URL` names, or else the state folder's; that is started for the
  /// time where it does not run, and made first where there is none and `isMade` says so.
  static func with<Answer: Sendable>(
    _ state: StateFolder, _ settings: OperatorSettings, isMade: Bool, _ body: (DatabaseAccess) async throws -> Answer
  ) async throws -> Answer {
    if let url = try settings.databaseURL() {
      return try await body(DatabaseAccess(connection: try ConnectionString(url), host: .external))
    }
    guard isMade || Files.resolved(state.cluster) != nil else {
      throw Fault(
        "There is no database in \(state.path): run `ecrm up` first, name another folder with ECRM_HOME, or a database "
          + "with ECRM_DATABASE_URL.")
    }
    try state.prepare()
    guard let lock = try SupervisorLock.take(state) else {
      return try await body(try runningSuite(state))
    }
    let answer = try await alone(state, body)
    _ = consume lock
    return answer
  }

  private static func runningSuite(_ state: StateFolder) throws -> DatabaseAccess {
    guard let server = Cluster.runningServer(state.cluster), let folder = Files.resolved(state.cluster),
      Cluster.isReady(server.pid, in: folder), let url = try Files.text(state.databaseURL)
    else { throw Fault("The suite in \(state.path) is just being brought up or down: wait for that, and try again.") }
    return DatabaseAccess(connection: try ConnectionString(url), host: .suite)
  }

  private static func alone<Answer: Sendable>(
    _ state: StateFolder, _ body: (DatabaseAccess) async throws -> Answer
  ) async throws -> Answer {
    try await Leftovers.end(state)
    let cluster = try await Cluster.prepare(state, ports: try state.recordedPorts()) { Terminal.say($0) }
    let pid = try cluster.start()
    let outcome: Result<Answer, any Error>
    do {
      while !Cluster.isReady(pid, in: cluster.dataFolder) {
        guard ProcessIdentity(pid: pid) != nil else {
          throw Fault("PostgreSQL ends as soon as it starts: correct what \(cluster.log) says.")
        }
        try await Task.sleep(for: .milliseconds(20))
      }
      let url = cluster.databaseURL(role: Cluster.owner, password: try Files.text(state.password(Cluster.owner)) ?? "")
      try Files.write(url + "\n", to: state.databaseURL, mode: 0o600)
      outcome = .success(try await body(DatabaseAccess(connection: try ConnectionString(url), host: .alone)))
    } catch {
      outcome = .failure(error)
    }
    // Not part of what can be cancelled: the server must not outlive the command.
    try await Task { try await Cluster.endServer(cluster.dataFolder) }.value
    var status: Int32 = 0
    waitpid(pid, &status, 0)
    rmdir(cluster.socketFolder)
    return try outcome.get()
  }
}
