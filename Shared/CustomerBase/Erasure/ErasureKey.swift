import Crypto

/// A key by which erased people are recognised without being known. It comes from a file and never reaches the database.
public struct ErasureKey: Hashable, Sendable {
  /// What hashes made with it name it by.
  public let id: String
  private let secret: [UInt8]

  public init(id: String, secret: [UInt8]) {
    self.id = id
    self.secret = secret
  }

  public init(secret: String) {
    self.init(id: keyID(purpose: "erasure", secret: secret), secret: Array(secret.utf8))
  }

  /// HMAC-SHA256 of something that a person was known by.
  public func hash(_ value: ErasedValue) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: Array(value.text.utf8), using: SymmetricKey(data: secret)))
  }
}

/// Something that a person was known by, from which a hash is made that says nothing by itself.
public enum ErasedValue: Hashable, Sendable {
  /// The record of a source.
  case profile(source: String, externalId: String)
  /// An order of a source.
  case order(source: String, externalId: String)
  /// An identifier in its normal form.
  case identifier(kind: String, value: String)

  /// One text for one value: the separator occurs in no name of a source or kind.
  var text: String {
    switch self {
    case .profile(let source, let externalId): "profile\u{1f}\(source)\u{1f}\(externalId)"
    case .order(let source, let externalId): "order\u{1f}\(source)\u{1f}\(externalId)"
    case .identifier(let kind, let value): "identifier\u{1f}\(kind)\u{1f}\(value)"
    }
  }
}
