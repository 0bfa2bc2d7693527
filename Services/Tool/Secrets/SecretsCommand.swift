import ArgumentParser
import Foundation

struct SecretsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "secrets", abstract: "Makes the certificates, keys and passwords of a deployment in containers.",
    discussion: """
      The folder is a state folder without a database: with ECRM_HOME naming it, `ecrm certificates` renews what lies in \
      it and `ecrm token` signs. What services read is given to the user they run as, which takes root.
      """)

  @Argument(help: "The folder, which must be empty or not there; ECRM_HOME or else `secrets` by default.")
  var folder: String?
  @Option(help: "The number of the user as whom the services run.")
  var user: UInt32 = 10_001

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let home = environment["ECRM_HOME"].flatMap { $0.isEmpty ? nil : $0 }
    let state = StateFolder(path: folder ?? home ?? "secrets")
    let present = (try? FileManager.default.contentsOfDirectory(atPath: state.path)) ?? []
    guard present.isEmpty else {
      throw Fault(
        "\(state.path) holds \(present.sorted().first ?? "files") already, and nothing in it is overwritten: name "
          + "another folder, or renew its certificates with `ecrm certificates`.")
    }
    try state.prepare()
    try Self.fill(state)
    try await StandingTokens.renew(in: state)
    let isGiven = try Self.give(state, to: user)
    Terminal.say("Made in \(state.path): an authority, certificates, keys, passwords and a staff token.")
    if !isGiven {
      Terminal.say(
        "Only root can give files away. Run the services as this user (ECRM_USER=\(geteuid()):\(getegid())), or run:\n"
          + "  sudo chown -R \(user) " + Self.readByServices(state).joined(separator: " "))
    }
    Terminal.say("Keep \(state.authorityKey) and \(state.signingKey) from everybody: who has them is everybody.")
  }

  private static func fill(_ state: StateFolder) throws {
    for server in StateFolder.servers { try Files.makeFolder(state.tlsFolder(server), mode: 0o700) }
    _ = try Authority.issueMissing(in: state)
    for role in [Cluster.owner] + Service.allCases.map(\.role) {
      _ = try Secrets.obtain(state.password(role), bytes: 24)
    }
    try Keys.makeMissing(in: state)
    try Files.makeFolder(state.ledger, mode: 0o700)
  }

  /// The folders whose files services read; all else is for the operators alone.
  private static func readByServices(_ state: StateFolder) -> [String] {
    [state.tokenKeys, state.passwords, state.keys, state.ledger] + StateFolder.servers.map(state.tlsFolder)
  }

  /// Gives the folders and files that services read to their user; false when only root could.
  private static func give(_ state: StateFolder, to user: uid_t) throws -> Bool {
    guard geteuid() == 0 || geteuid() == user else { return false }
    for folder in readByServices(state) {
      let files = try FileManager.default.contentsOfDirectory(atPath: folder).map { "\(folder)/\($0)" }
      for path in [folder] + files where chown(path, user, gid_t.max) != 0 {
        throw Fault.system("give \(path) to user \(user)")
      }
    }
    return true
  }
}
