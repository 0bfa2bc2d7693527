import Foundation

/// The programs of one version of PostgreSQL on this machine.
struct PostgresInstallation: Sendable, Equatable {
  static let oldestMajor = 15

  /// The folder that holds `postgres` and `initdb`.
  let folder: String
  let major: Int

  /// The installation to use: one of the cluster's own version when there is a cluster, otherwise the first that is new
  /// enough, looked for where `ECRM_POSTGRES_BIN` says, then where `pg_config` does, where Debian has them, and on `PATH`.
  static func find(
    forCluster major: Int? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> PostgresInstallation {
    let found = candidates(environment).compactMap(PostgresInstallation.init(folder:))
    if let named = environment["ECRM_POSTGRES_BIN"], !named.isEmpty, found.isEmpty {
      throw Fault("ECRM_POSTGRES_BIN is \(named), where no postgres and initdb are: name the folder that holds them.")
    }
    if let major {
      if let installation = found.first(where: { $0.major == major }) { return installation }
      throw Fault(
        "The database cluster is of PostgreSQL \(major), which is not installed here: install it (on Debian or Ubuntu: "
          + "apt install postgresql-\(major)), or name its folder with ECRM_POSTGRES_BIN.")
    }
    if let installation = found.first(where: { $0.major >= oldestMajor }) { return installation }
    let problem = found.first.map { "PostgreSQL \($0.major) is too old" } ?? "PostgreSQL is not installed"
    throw Fault(
      "\(problem): install version \(oldestMajor) or newer (on Debian or Ubuntu: apt install postgresql), or name the "
        + "folder of its programs with ECRM_POSTGRES_BIN.")
  }

  /// The installation in this folder; nil when `postgres` or `initdb` are not there or do not run.
  init?(folder: String) {
    guard Files.isExecutable(folder + "/postgres"), Files.isExecutable(folder + "/initdb"),
      let (status, output) = try? Program(path: folder + "/postgres", arguments: ["--version"]).run(), status == 0,
      let major = Self.major(inVersion: output)
    else { return nil }
    self.folder = folder
    self.major = major
  }

  /// The major version in what `postgres --version` prints, as `postgres (PostgreSQL) 15.20 (Debian 15.20-1)`.
  static func major(inVersion output: String) -> Int? {
    guard let number = output.split(separator: ")").dropFirst().first?.drop(while: { !$0.isNumber }) else { return nil }
    return Int(number.prefix(while: \.isNumber))
  }

  /// Folders where PostgreSQL's programs may be, the likeliest first.
  static func candidates(_ environment: [String: String]) -> [String] {
    if let named = environment["ECRM_POSTGRES_BIN"], !named.isEmpty { return [named] }
    var folders: [String] = []
    if let configuration = Program.find("pg_config"),
      let (status, output) = try? Program(path: configuration, arguments: ["--bindir"]).run(), status == 0
    {
      folders.append(output.trimmingCharacters(in: .whitespacesAndNewlines))
    }
    let debian = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: debian)) ?? []
    folders += versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "\(debian)/\($0)/bin" }
    if let program = Program.find("postgres"), let resolved = Files.resolved(program) {
      folders.append(URL(fileURLWithPath: resolved).deletingLastPathComponent().path)
    }
    return folders
  }
}
