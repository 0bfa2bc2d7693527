import CustomerBase
import Foundation

/// A key of the suite, named by an id that follows from it: so keys of several suites lie side by side and none takes
/// another's name.
struct Key: Hashable, Sendable {
  enum Purpose: String, CaseIterable, Codable, Sendable {
    /// Chains the audit trail.
    case audit
    /// Recognises erased people by what they were known by.
    case erasure
  }

  let purpose: Purpose
  let secret: String
  /// Whether it is the one in use; the others verify and recognise what was made with them.
  var isCurrent: Bool

  /// The purpose and 16 digits of a digest of the key.
  var id: String { keyID(purpose: purpose.rawValue, secret: secret) }
}

/// The suite's keys: in the state folder a file each, and a link to the one in use for each purpose.
enum Keys {
  private static func link(_ purpose: Key.Purpose, _ state: StateFolder) -> String {
    switch purpose {
    case .audit: state.auditKey
    case .erasure: state.erasureKey
    }
  }

  /// Makes a key for each purpose that has none in use.
  static func makeMissing(in state: StateFolder) throws {
    for purpose in Key.Purpose.allCases where try Files.text(link(purpose, state)) == nil {
      // State folders of earlier versions name their only key by a number.
      let secret = try Files.text("\(state.keys)/\(purpose.rawValue)-1") ?? Secrets.random(bytes: 32)
      try keep(Key(purpose: purpose, secret: secret, isCurrent: true), in: state)
      unlink("\(state.keys)/\(purpose.rawValue)-1")
    }
  }

  /// All keys: the state folder's, and those that `ECRM_AUDIT_KEY` and `ECRM_ERASURE_KEY` give, which are the ones in
  /// use where they are set.
  static func all(in state: StateFolder, _ settings: OperatorSettings) throws -> [Key] {
    try Key.Purpose.allCases.flatMap { purpose in
      let given = try settings.key(purpose)
      let current = try given ?? Files.text(link(purpose, state))
      let names = (try? FileManager.default.contentsOfDirectory(atPath: state.keys)) ?? []
      let kept = try names.sorted().filter { $0.hasPrefix("\(purpose.rawValue)-") && !$0.hasSuffix(".new") }
        .compactMap { try Files.text("\(state.keys)/\($0)") }
      var seen: Set<String> = []
      return ([current].compactMap(\.self) + kept).filter { seen.insert($0).inserted }
        .map { Key(purpose: purpose, secret: $0, isCurrent: $0 == current) }
    }
  }

  /// Keeps the keys beside those that are there. One that was in use elsewhere is in use here where none is.
  static func add(_ keys: [Key], in state: StateFolder) throws {
    for var key in keys {
      if try Files.text(link(key.purpose, state)) != nil { key.isCurrent = false }
      try keep(key, in: state)
    }
  }

  private static func keep(_ key: Key, in state: StateFolder) throws {
    let path = "\(state.keys)/\(key.id)"
    if try Files.text(path) != key.secret { try Files.write(key.secret + "\n", to: path, mode: 0o600) }
    guard key.isCurrent else { return }
    let link = link(key.purpose, state)
    let new = "\(link).\(getpid()).new"
    unlink(new)
    guard symlink(key.id, new) == 0, rename(new, link) == 0 else { throw Fault.system("link \(link)") }
  }
}
