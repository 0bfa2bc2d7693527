import Crypto
import Models

/// What a process knows that the database must not: the keys of erasure and audit, and where the ledger is.
public struct PrivacyMeans: Sendable {
  /// Keys by which erased people are recognised, the one in use first.
  public var erasureKeys: [ErasureKey]
  /// Keys that chain the audit trail, the one in use first.
  public var auditKeys: [AuditKey]
  public var ledger: ErasureLedger?

  public init(erasureKeys: [ErasureKey] = [], auditKeys: [AuditKey] = [], ledger: ErasureLedger? = nil) {
    self.erasureKeys = erasureKeys
    self.auditKeys = auditKeys
    self.ledger = ledger
  }

  /// Of a process that neither erases anybody nor meets records from outside.
  public static let none = PrivacyMeans()
}

/// The name of a key, which follows from it: so keys of several suites lie side by side and none takes another's name.
public func keyID(purpose: String, secret: String) -> String {
  let digest = SHA256.hash(data: Array("\(purpose)\u{1f}\(secret)".utf8)).prefix(8)
  return "\(purpose)-" + digest.hexadecimal
}
