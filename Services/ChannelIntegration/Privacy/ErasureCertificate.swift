import Crypto
import CustomerBase
import JSON
import Models

/// Proof of an erasure that names nobody: signed, so that it can be shown to be of this suite and unchanged.
struct ErasureCertificate: Codable, Hashable, Sendable {
  /// The erasure, as the ledger and the journal name it.
  var certificate: ID<ErasureCertificate>
  /// When it was done.
  var erasedAt: Timestamp
  /// How many profiles the customer had.
  var profiles: Int
  /// Why it was done.
  var reason: ErasureReason
  /// SHA-256 of what became of the rows, in hexadecimal digits.
  var digest: String
  /// The key it is signed with, which also chains the audit trail.
  var key: String
  /// HMAC-SHA256 of the members above, in hexadecimal digits.
  var signature: String

  init(
    certificate: ID<ErasureCertificate>, erasedAt: Timestamp, profiles: Int, reason: ErasureReason, digest: String,
    key: String, signature: String
  ) {
    self.certificate = certificate
    self.erasedAt = erasedAt
    self.profiles = profiles
    self.reason = reason
    self.digest = digest
    self.key = key
    self.signature = signature
  }

  init(of erasure: Erasure, reason: ErasureReason, tables: [ErasedTable], signedBy key: AuditKey) throws {
    certificate = ID(erasure.erasure)
    erasedAt = erasure.at
    profiles = erasure.profiles.count
    self.reason = reason
    digest = try Self.digest(of: tables)
    self.key = key.id
    signature = ""
    signature = key.code(of: signedText).hexadecimal
  }

  /// Whether the key made it, of these tables.
  func isGenuine(of tables: [ErasedTable], under key: AuditKey) throws -> Bool {
    let isOfTables = try Self.digest(of: tables) == digest
    return isOfTables && key.id == self.key && key.code(of: signedText).hexadecimal == signature
  }

  private var signedText: [UInt8] {
    Array(
      "certificate\u{1f}\(certificate)\u{1f}\(erasedAt)\u{1f}\(profiles)\u{1f}\(reason.rawValue)\u{1f}\(digest)".utf8)
  }

  private static func digest(of tables: [ErasedTable]) throws -> String {
    SHA256.hash(data: try encodeJSON(tables, sortedKeys: true)).hexadecimal
  }
}
