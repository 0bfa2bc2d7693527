import CustomerBase
import Crypto
import Foundation
import JSON
import Models

/// What lies beside a backup, to be kept apart from it: the keys, the erasures so far, and which backup they belong to.
struct KeysFile: Codable, Sendable {
  private static let currentFormat = "ecrm-keys-1"

  struct KeptKey: Codable, Sendable {
    var id: String
    var purpose: Key.Purpose
    var isCurrent: Bool
    var secret: String
  }

  var format = KeysFile.currentFormat
  /// Digest of the backup, SHA-256 in hexadecimal digits.
  var backup: String
  var at: Timestamp
  private var keys: [KeptKey]
  /// The ledger at the end of the backup.
  var erasures: [Erasure]

  init(backup: String, at: Timestamp, keys: [Key], erasures: [Erasure]) {
    self.backup = backup
    self.at = at
    self.keys = keys.map { KeptKey(id: $0.id, purpose: $0.purpose, isCurrent: $0.isCurrent, secret: $0.secret) }
    self.erasures = erasures
  }

  init(path: String) throws {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw Fault("\(path) cannot be read: is it there, and may you read it?")
    }
    guard let file = try? JSONDocument(parsing: Array(bytes)).root.decode(KeysFile.self),
      file.format == Self.currentFormat, file.keys.allSatisfy({ file.key($0).id == $0.id })
    else { throw Fault("\(path) is no file of keys that `ecrm backup` wrote, or it is damaged.") }
    self = file
  }

  /// The keys, as a state folder keeps them.
  var suiteKeys: [Key] { keys.map(key) }

  private func key(_ kept: KeptKey) -> Key {
    Key(purpose: kept.purpose, secret: kept.secret, isCurrent: kept.isCurrent)
  }

  func write(to path: String) throws {
    try Files.write(try encodeJSON(self, sortedKeys: true) + [UInt8(ascii: "\n")], to: path, mode: 0o600)
  }
}

extension Files {
  /// SHA-256 of a file's bytes, in hexadecimal digits.
  static func digest(_ path: String) throws -> String {
    guard let file = FileHandle(forReadingAtPath: path) else { throw Fault.system("read \(path)") }
    defer { try? file.close() }
    var hash = SHA256()
    while let block = try file.read(upToCount: 1 << 20), !block.isEmpty {
      try Task.checkCancellation()
      hash.update(data: block)
    }
    return hash.finalize().hexadecimal
  }
}
