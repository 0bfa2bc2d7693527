import Foundation
import JSON
import Models

/// One erasure as the ledger keeps it: nothing that names the person.
public struct Erasure: Codable, Hashable, Sendable {
  public var erasure: ID<Erasure>
  public var at: Timestamp
  public var profiles: [ID<Profile>]
  /// Id of the key that the hashes were made with; nil where there was none.
  public var key: String?
  /// HMACs of what the profiles were known by, in hexadecimal digits.
  public var hashes: [String]

  public init(erasure: ID<Erasure>, at: Timestamp, profiles: [ID<Profile>], key: String?, hashes: [[UInt8]]) {
    self.erasure = erasure
    self.at = at
    self.profiles = profiles
    self.key = key
    self.hashes = hashes.map(\.hexadecimal)
  }
}

/// The erasures of a suite, a line of JSON each, in a file outside of the database: so a backup that is restored brings
/// nobody back.
public struct ErasureLedger: Sendable {
  public let path: String

  public init(path: String) {
    self.path = path
  }

  /// All erasures, in the order in which they happened; none when there is no file.
  ///
  /// A last line that was cut off is of an erasure that did not happen: its commit comes after the line.
  public func erasures() throws -> [Erasure] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw LedgerError(description: "\(path) cannot be read: run this as the user who owns it.")
    }
    let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    return try Self.erasures(in: bytes[..<end], of: path)
  }

  /// Appends an erasure, on the disk when it returns. Whoever erases does so before the commit.
  public func append(_ erasure: Erasure) throws {
    let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw LedgerError.system("opened", path) }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_EX) == 0, try removeTornLine(descriptor) else {
      throw LedgerError.system("written", path)
    }
    let line = try encodeJSON(erasure, sortedKeys: true) + [UInt8(ascii: "\n")]
    let written = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    guard written == line.count, fsync(descriptor) == 0, syncFolder() else { throw LedgerError.system("written", path) }
  }

  /// The erasures of all, each once, in the order of their time.
  public static func union(_ ledgers: [[Erasure]]) -> [Erasure] {
    var seen: Set<ID<Erasure>> = []
    return ledgers.flatMap(\.self).filter { seen.insert($0.erasure).inserted }
      .sorted { ($0.at, $0.erasure) < ($1.at, $1.erasure) }
  }

  /// The lines as a file holds them.
  public static func lines(_ erasures: [Erasure]) throws -> [UInt8] {
    try erasures.flatMap { try encodeJSON($0, sortedKeys: true) + [UInt8(ascii: "\n")] }
  }

  private static func erasures(in bytes: Data, of path: String) throws -> [Erasure] {
    try bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated().compactMap {
      number, line in
      guard !line.isEmpty else { return nil }
      guard let erasure = try? JSONDocument(parsing: Array(line)).root.decode(Erasure.self) else {
        throw LedgerError(description: "\(path) is damaged: line \(number + 1) is no erasure.")
      }
      return erasure
    }
  }

  /// Cuts off what follows the last whole line; false with `errno` set when that fails.
  private func removeTornLine(_ descriptor: Int32) throws -> Bool {
    guard let bytes = FileManager.default.contents(atPath: path) else { return false }
    guard let last = bytes.last, last != UInt8(ascii: "\n") else { return true }
    let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    return ftruncate(descriptor, off_t(end)) == 0
  }

  /// A file that was just made is there after a crash only when its folder is on the disk too.
  private func syncFolder() -> Bool {
    let folder = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return false }
    defer { close(folder) }
    return fsync(folder) == 0
  }
}

/// Why the ledger of erasures cannot be used, in one sentence.
public struct LedgerError: Error, CustomStringConvertible {
  public let description: String

  static func system(_ action: String, _ path: String) -> LedgerError {
    LedgerError(description: "\(path) cannot be \(action): \(String(cString: strerror(errno))).")
  }
}

/// The bytes that the digits stand for; nil when they are none.
func bytes(hexadecimal text: String) -> [UInt8]? {
  let digits = text.utf8.map { UInt8(String(UnicodeScalar($0)), radix: 16) }
  guard digits.count.isMultiple(of: 2) else { return nil }
  return stride(from: 0, to: digits.count, by: 2).reduce(into: [UInt8]?([])) { bytes, place in
    guard let high = digits[place], let low = digits[place + 1] else { return bytes = nil }
    bytes?.append(high << 4 | low)
  }
}
