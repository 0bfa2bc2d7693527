import Crypto

/// A key that chains the audit trail, so that nobody who has the database alone can make a chain that holds.
public struct AuditKey: Hashable, Sendable {
  /// What is made with it names it by this.
  public let id: String
  private let secret: [UInt8]

  public init(secret: String) {
    id = keyID(purpose: "audit", secret: secret)
    self.secret = Array(secret.utf8)
  }

  /// HMAC-SHA256 of the parts, one after another.
  public func code(of parts: [UInt8]...) -> [UInt8] {
    var code = HMAC<SHA256>(key: SymmetricKey(data: secret))
    for part in parts { code.update(data: part) }
    return Array(code.finalize())
  }
}
