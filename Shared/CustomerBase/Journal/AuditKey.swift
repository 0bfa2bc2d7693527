import Crypto

/// A key that chains the audit trail, so that nobody who has the database alone can make a chain that holds.
public struct AuditKey: Sendable {
  /// What is made with it names it by this.
  public let id: String
  /// The code of nothing yet, to be gone on with: the key's own part of it is the same for every text.
  private let start: HMAC<SHA256>

  public init(secret: String) {
    id = keyID(purpose: "audit", secret: secret)
    start = HMAC(key: SymmetricKey(data: Array(secret.utf8)))
  }

  /// HMAC-SHA256 of the parts, one after another.
  public func code(of parts: [UInt8]...) -> [UInt8] {
    var code = start
    for part in parts { code.update(data: part) }
    return Array(code.finalize())
  }
}
