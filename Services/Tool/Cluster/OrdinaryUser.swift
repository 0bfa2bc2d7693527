import Foundation

/// The user as whom PostgreSQL runs when `ecrm` runs as root, because PostgreSQL refuses to be root.
struct OrdinaryUser: Sendable, Equatable {
  let id: uid_t
  let group: gid_t
  let name: String

  /// The user with this name, or nil when there is none.
  init?(name: String) {
    guard let entry = getpwnam(name) else { return nil }
    self.init(entry.pointee)
  }

  init?(id: uid_t) {
    guard let entry = getpwuid(id) else { return nil }
    self.init(entry.pointee)
  }

  private init(_ entry: passwd) {
    self.id = entry.pw_uid
    self.group = entry.pw_gid
    self.name = String(cString: entry.pw_name)
  }

  /// The user to run PostgreSQL as: the owner of the cluster when there is one; nil when `ecrm` is not root, and
  /// PostgreSQL runs as the same user.
  static func needed(forCluster cluster: String?) throws -> OrdinaryUser? {
    let owner = cluster.flatMap(Files.owner)
    guard geteuid() == 0 else {
      guard let cluster, let owner, owner != geteuid() else { return nil }
      throw Fault("The database cluster in \(cluster) belongs to \(Files.userName(owner)): run ecrm as that user.")
    }
    if let cluster, let owner {
      guard owner != 0, let user = OrdinaryUser(id: owner) else {
        throw Fault("The database cluster in \(cluster) belongs to \(Files.userName(owner)): give it to postgres.")
      }
      return user
    }
    guard let user = OrdinaryUser(name: "postgres") ?? OrdinaryUser(name: "nobody") else {
      throw Fault("PostgreSQL does not run as root, and there is no user postgres or nobody: add one of them.")
    }
    return user
  }

  /// The program, run as this user.
  func running(_ program: Program) throws -> Program {
    guard let tool = Program.find("setpriv") else {
      throw Fault("setpriv, which starts programs as another user than root, is missing: install util-linux.")
    }
    var program = program
    // Its place in the process table stays the same: setpriv becomes the program that it runs.
    program.arguments =
      ["--reuid", "\(id)", "--regid", "\(group)", "--init-groups", "--", program.path] + program.arguments
    program.path = tool
    return program
  }

  /// Whether this user may pass through every folder on the way into this one, asked as that user.
  func canReach(_ folder: String) throws -> Bool {
    try holds("-d", folder + "/.")
  }

  /// Whether this user may read the file, asked as that user.
  func canRead(_ file: String) throws -> Bool {
    try holds("-r", file)
  }

  private func holds(_ condition: String, _ path: String) throws -> Bool {
    guard let test = Program.find("test") else { return false }
    let program = Program(path: test, arguments: [condition, path], workingFolder: "/")
    return try running(program).run().status == 0
  }
}
