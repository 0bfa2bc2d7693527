import CustomerBase
import Models
import Server

/// Finds the customer who carries an identifier.
///
/// A verified value wins over an unverified one, then the earliest profile. No customer is an answer too.
struct ResolveIdentity: Method {
  static let name = "identities.resolve"
  static let access = Access.read(.identities)

  /// Kind of the identifier.
  var kind: IdentifierKind
  /// Its value, in any spelling: addresses are compared without case, telephone numbers in E.164.
  var value: String

  static func example(in _: ExampleData) -> ResolveIdentity {
    ResolveIdentity(kind: .email, value: "Ada@example.com")
  }

  func run(_ call: Call) async throws -> ResolvedIdentity {
    guard let value = kind.normalise(value) else {
      throw InvalidParam(path: "/params/value", rule: "format", message: "is no value of kind \(kind.rawValue)")
    }
    return ResolvedIdentity(customer: try await call.customerBase.customer(carrying: kind, value: value))
  }
}

/// Whom an identifier belongs to.
struct ResolvedIdentity: Codable, Sendable {
  /// Absent when nobody carries the identifier.
  var customer: ID<Customer>?
}
