import Foundation

extension Cluster {
  /// Bytes that a new cluster needs to begin with, and that any cluster needs to go on.
  private static let (bytesToBegin, bytesToGoOn) = (300 << 20, 50 << 20)

  /// The state folder's cluster, made first when there is none.
  ///
  /// No server of it may be running. `say` is told what takes a while.
  static func prepare(_ state: StateFolder, ports: Ports, say: @Sendable (String) -> Void) async throws -> Cluster {
    let existing = try existingFolder(state)
    let user = try OrdinaryUser.needed(forCluster: existing)
    let isReachable = try user?.canReach(state.path) ?? true
    let installation = try PostgresInstallation.find(forCluster: existing.map(major(ofCluster:)))
    let cluster = Cluster(
      installation: installation, user: user,
      dataFolder: existing ?? (isReachable ? state.cluster : distantFolder(state)),
      socketFolder: SocketFolder.choose(state, isReachable: isReachable), port: ports.postgres,
      log: state.log("postgres"))
    if existing == nil {
      try await cluster.create(for: state, say: say)
    } else {
      try requireSpace(cluster.dataFolder, bytes: bytesToGoOn)
      if let user, try !user.canReach(cluster.dataFolder) {
        throw Fault(
          "PostgreSQL, which runs as \(user.name), cannot reach \(cluster.dataFolder): let it pass through the folders "
            + "above with chmod o+x.")
      }
    }
    if try Files.text(state.password(owner)) == nil {
      // A cluster without its password, new or found beside a lost file, is given one before it starts.
      let password = Secrets.random(bytes: 24)
      try cluster.runAlone("ALTER ROLE \(owner) PASSWORD '\(password)'", database: "postgres")
      try Files.write(password + "\n", to: state.password(owner), mode: 0o600)
    }
    return cluster
  }

  /// The data folder that the state folder has or links to; nil when it has none yet.
  private static func existingFolder(_ state: StateFolder) throws -> String? {
    guard let folder = Files.resolved(state.cluster) else {
      if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: state.cluster) {
        throw Fault(
          "The database cluster \(target), to which \(state.cluster) links, is missing: bring it back, or remove the link "
            + "to begin with an empty one.")
      }
      return nil
    }
    return folder
  }

  private static func major(ofCluster folder: String) throws -> Int {
    guard let text = try Files.text(folder + "/PG_VERSION"), let major = Int(text) else {
      throw Fault("\(folder) is no PostgreSQL cluster: move it away, and a new one is made.")
    }
    return major
  }

  /// Where the cluster lies when its user cannot pass through the folders above the state folder.
  private static func distantFolder(_ state: StateFolder) -> String {
    "/var/lib/ecrm/\(SocketFolder.hash(of: state))"
  }

  private static func requireSpace(_ folder: String, bytes: Int) throws {
    guard let free = Files.freeBytes(folder), free < bytes else { return }
    throw Fault(
      "Only \(free >> 20) MB are free in \(folder), and the database needs \(bytes >> 20) MB: free some space, or choose a "
        + "state folder elsewhere with ECRM_HOME.")
  }

  /// Makes the cluster beside its place and moves it there when it is complete, so that a half-made one is never used.
  private func create(for state: StateFolder, say: @Sendable (String) -> Void) async throws {
    let parent = URL(fileURLWithPath: dataFolder).deletingLastPathComponent().path
    try Files.makeFolder(parent, mode: 0o755)
    try Self.requireSpace(parent, bytes: Self.bytesToBegin)
    say("Making a PostgreSQL \(installation.major) cluster in \(dataFolder)")
    let files = FileManager.default
    // A name of its own: what a supervisor that was killed has started may still be writing to its own.
    let name = URL(fileURLWithPath: dataFolder).lastPathComponent
    for entry in try files.contentsOfDirectory(atPath: parent) where entry.hasPrefix(name) && entry.hasSuffix(".new") {
      try? files.removeItem(atPath: "\(parent)/\(entry)")
    }
    let unfinished = "\(dataFolder).\(getpid()).new"
    try Files.makeFolder(unfinished, mode: 0o700)
    if let user, chown(unfinished, user.id, user.group) != 0 { throw Fault.system("give away \(unfinished)") }

    let draft = Cluster(
      installation: installation, user: user, dataFolder: unfinished, socketFolder: socketFolder, port: port, log: log)
    // Nobody may connect until the rules below are written, and no server runs before.
    let (status, output) = try draft.program(
      "initdb",
      arguments: [
        "-D", unfinished, "-U", Self.owner, "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums",
        "--auth-local=trust", "--auth-host=reject",
      ]
    ).run()
    guard status == 0 else { throw Self.fault("make its cluster in \(dataFolder)", output: output) }
    try draft.overwrite("pg_hba.conf", with: "# Every role by its password, by the socket alone.\n" + Self.accessRule)
    let configuration = try Files.text(unfinished + "/postgresql.conf") ?? ""
    try draft.overwrite("postgresql.conf", with: configuration + "\n" + Self.tuning)
    try draft.runAlone("CREATE DATABASE \(Self.database)", database: "postgres")

    if dataFolder != state.cluster, files.fileExists(atPath: dataFolder) {
      // The state folder that it belonged to is gone. Its keys went with it, so it cannot be taken over, but it may be
      // all that somebody has: the last such cluster is kept.
      try await Self.endServer(dataFolder)
      let old = dataFolder + ".old"
      if files.fileExists(atPath: old) { try files.removeItem(atPath: old) }
      guard rename(dataFolder, old) == 0 else { throw Fault.system("move \(dataFolder) to \(old)") }
      say("The cluster of an earlier state folder is kept in \(old)")
    }
    // The password of an earlier cluster must not pass for this one's.
    unlink(state.password(Self.owner))
    guard rename(unfinished, dataFolder) == 0 else { throw Fault.system("move \(unfinished) to \(dataFolder)") }
    if dataFolder != state.cluster, symlink(dataFolder, state.cluster) != 0 {
      throw Fault.system("link \(state.cluster) to \(dataFolder)")
    }
  }

  /// Runs one statement with no server running, when roles cannot log in yet.
  private func runAlone(_ statement: String, database: String) throws {
    let (status, output) = try program("postgres", arguments: ["--single", "-D", dataFolder, database])
      .run(input: statement + "\n")
    // It goes on after an error, and ends well.
    guard status == 0, !output.contains("ERROR:") else { throw Self.fault("prepare its cluster", output: output) }
  }

  /// Replaces the content of a file of the cluster, which stays its user's.
  private func overwrite(_ name: String, with content: String) throws {
    let path = "\(dataFolder)/\(name)"
    try Files.write(content, to: path, mode: 0o600)
    if let user, chown(path, user.id, user.group) != 0 { throw Fault.system("give away \(path)") }
  }

  private static func fault(_ action: String, output: String) -> Fault {
    let lines = output.split(separator: "\n").map(String.init)
    let telling = lines.last { $0.contains("FATAL:") || $0.contains("ERROR:") || $0.contains("error:") } ?? lines.last
    return Fault("PostgreSQL could not \(action): correct what it says (\(telling ?? "nothing")) and try again.")
  }

  private static let accessRule = "local all all scram-sha-256\n"

  private static let tuning = """
    # What e-CRM sets, for a machine of its own with a few gigabytes; change it as you need.
    max_connections = 120
    shared_buffers = 256MB
    effective_cache_size = 1GB
    work_mem = 8MB
    maintenance_work_mem = 128MB
    wal_buffers = 16MB
    max_wal_size = 2GB
    checkpoint_completion_target = 0.9
    checkpoint_timeout = 15min
    random_page_cost = 1.1
    effective_io_concurrency = 64
    # A commit that was answered is on the disk.
    fsync = on
    synchronous_commit = on
    full_page_writes = on
    timezone = 'UTC'
    log_timezone = 'UTC'
    log_line_prefix = '%m [%p] %u '
    log_checkpoints = off

    """
}
