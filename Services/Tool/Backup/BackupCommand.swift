import ArgumentParser
import CustomerBase
import Foundation
import Models

struct BackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Writes everything in the database to a file, while the suite works on.",
    discussion: """
      The file is of one moment. FILE.keys, written beside it, holds the keys and the ledger of erasures: keep the two \
      apart. The database is the one that ECRM_DATABASE_URL names, by its owner, or else the state folder's.
      """)

  @Option(help: "custom, which is compressed and restored fastest, or plain, which is SQL.")
  var format = BackupFormat.custom

  @Option(help: "The file to write; named after the time in UTC by default.")
  var output: String?

  func run() async throws {
    umask(0o077)
    let state = StateFolder()
    let settings = try await OperatorSettings()
    let path = output ?? "ecrm-\(Self.name(of: Date()))\(format.suffix)"
    for path in [path, path + ".keys"] where FileManager.default.fileExists(atPath: path) {
      throw Fault("\(path) is there already: move it away, or name another file with --output.")
    }
    let keys = try Keys.all(in: state, settings)
    let format = format
    let bytes = try await Interruption.cancelling {
      try await DatabaseAccess.with(state, settings, isMade: false) { access in
        try await Self.write(access, format, to: path, keys: keys, ledger: ErasureLedger(path: state.erasures))
      }
    }
    Terminal.say(
      """
      The backup is in \(path) (\(Self.size(bytes))), its keys and the erasures so far in \(path).keys.
      Keep the two apart: whoever has both can tell who was erased. Keep both: a backup that is restored without its
      keys recognises nobody who was erased, and its audit trail cannot be verified.
      """)
    for purpose in Key.Purpose.allCases where !keys.contains(where: { $0.purpose == purpose }) {
      Terminal.remark("There is no \(purpose.rawValue) key in \(state.keys), so \(path).keys holds none.")
    }
  }

  /// Writes both files beside their places and moves them there when they are whole; answers the backup's size.
  private static func write(
    _ access: DatabaseAccess, _ format: BackupFormat, to path: String, keys: [Key], ledger: ErasureLedger
  ) async throws -> Int {
    let unfinished = "\(path).\(getpid()).new"
    do {
      try Files.write("", to: unfinished, mode: 0o600)
      try await Dump(access.connection, format: format).write(to: unfinished)
      let now = Timestamp(microsecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1_000_000))
      // The ledger is read last: an erasure that the backup knows of is in it.
      let file = KeysFile(
        backup: try Files.digest(unfinished), at: now, keys: keys, erasures: try ledger.erasures())
      try file.write(to: path + ".keys")
      guard rename(unfinished, path) == 0 else { throw Fault.system("write \(path)") }
    } catch {
      unlink(unfinished)
      throw error
    }
    return Files.size(path) ?? 0
  }

  /// The moment as a file's name can hold it: 2026-01-31T120000Z.
  static func name(of moment: Date) -> String {
    moment.formatted(.iso8601.timeSeparator(.omitted))
  }

  static func size(_ bytes: Int) -> String {
    bytes < 1 << 20 ? "\((bytes + 1023) >> 10) kB" : "\((bytes + 1 << 19) >> 20) MB"
  }
}

/// How a backup is written.
enum BackupFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
  /// PostgreSQL's archive, compressed.
  case custom
  /// SQL.
  case plain

  var suffix: String {
    switch self {
    case .custom: ".dump"
    case .plain: ".sql"
    }
  }
}
