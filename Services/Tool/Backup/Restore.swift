import ArgumentParser
import CustomerBase
import Foundation

struct Restore: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Puts a backup in the place of the database, and forgets again who was erased since.",
    discussion: """
      It works before the first `ecrm up` and after it; services that run stay down for the time. The backup is loaded \
      and migrated beside the database, which it replaces in one step at the end: whatever fails before that, everything \
      is as it was. The database is the one that ECRM_DATABASE_URL names, by its owner, or else the state folder's.
      """)

  @Argument(help: "A file that `ecrm backup` wrote.")
  var file: String

  @Option(help: "The keys and erasures that were written with it; FILE.keys by default, where that is there.")
  var keys: String?

  @Option(help: "A ledger of erasures to apply too, as a state folder's erasures.jsonl.")
  var erasures: String?

  @Flag(help: "Replace a database that holds data.")
  var replace = false

  func run() async throws {
    umask(0o077)
    let state = StateFolder()
    let settings = try await OperatorSettings()
    let backup = try BackupFile(path: file)
    let keysPath = keys ?? (FileManager.default.fileExists(atPath: file + ".keys") ? file + ".keys" : nil)
    let kept = try keysPath.map { try KeysFile(path: $0) }
    if let kept, let keysPath, try Files.digest(file) != kept.backup {
      throw Fault(
        "\(keysPath) belongs to another backup than \(file), or one of the two is damaged: name the keys that were "
          + "written with it. Nothing was changed.")
    }
    if let erasures, !FileManager.default.fileExists(atPath: erasures) {
      throw Fault("There is no \(erasures): name a ledger of erasures.")
    }
    let own = ErasureLedger(path: state.erasures)
    let ledger = ErasureLedger.union([
      kept?.erasures ?? [], try erasures.map { try ErasureLedger(path: $0).erasures() } ?? [], try own.erasures(),
    ])
    let restoration = Restoration(
      backup: backup, keys: kept?.suiteKeys, ledger: ledger, state: state, settings: settings, isReplacing: replace)
    let host = try await Interruption.cancelling { try await Self.run(restoration, state, settings) }
    Terminal.say("\(file) is restored. `\(Terminal.command) check` looks whether everything adds up.")
    if kept == nil {
      Terminal.say(
        "Without the backup's keys: people who were erased cannot be recognised when they come again, and the audit "
          + "trail of this backup cannot be verified.")
    }
    switch host {
    case .external: break
    case .alone: Terminal.say("`\(Terminal.command) up` brings the suite up.")
    case .suite:
      try await waitForServices(state)
      Terminal.say("The services answer again.")
    }
  }

  /// Only one restore works on a state folder, and for as long as its record is there no service is started.
  private static func run(
    _ restoration: Restoration, _ state: StateFolder, _ settings: OperatorSettings
  ) async throws -> DatabaseAccess.Host {
    try state.prepare()
    guard let lock = try SupervisorLock.take(state.restoreRecord) else {
      throw Fault("Another restore is working on \(state.path): wait for that.")
    }
    let host = try await DatabaseAccess.with(state, settings, isMade: true) { access in
      try await restoration.run(access)
      return access.host
    }
    _ = consume lock
    return host
  }

  private func waitForServices(_ state: StateFolder) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while try await !Readiness.areAllReady(state) {
      guard ContinuousClock.now < deadline else {
        throw Fault("The backup is restored, but not every service answers: look with `ecrm status` and into its log.")
      }
      try await Task.sleep(for: .milliseconds(100))
    }
  }
}
