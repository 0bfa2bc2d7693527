import CustomerBase
import Models
import Server

/// Takes a value from the list of those that identify nobody: who gains it, verified, from now on is linked by it again.
///
/// Those who carry it already are not linked by this, and links that were removed stay so.
struct UnblockIdentity: Method {
  static let name = "identities.unblock"
  static let access = Access.write(.identities)
  static let failures: [Failure] = [.notFound]

  /// Kind of the value.
  var kind: IdentifierKind
  /// The value, in any spelling.
  var value: String

  static func example(in _: ExampleData) -> UnblockIdentity {
    UnblockIdentity(kind: .email, value: "test@test.com")
  }

  func run(_ call: Call) async throws -> UnblockedIdentity {
    guard let normal = kind.normalise(value) else {
      throw InvalidParam(path: "/params/value", rule: "format", message: "is no value of kind \(kind.rawValue)")
    }
    try await call.customerBase.unblock(kind, value: normal)
    return UnblockedIdentity(kind: kind, value: normal)
  }
}

/// A value that may link people again.
struct UnblockedIdentity: Codable, Sendable {
  /// Kind of the value.
  var kind: IdentifierKind
  /// Value in its normal form.
  var value: String
}
