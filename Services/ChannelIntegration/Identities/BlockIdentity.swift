import CustomerBase
import Models
import Server

/// Blocks a value that identifies nobody although many carry it: a switchboard's number, an address that forms are filled
/// with. It links nobody from now on; who carries it keeps it.
///
/// Links that rest on it hold, since other evidence may have grown around them, and are counted in the answer;
/// `removeLinks` takes them away as `identities.unlink` does, for good. Blocking a value again replaces the reason. Role
/// addresses, as `info@`, need no blocking.
struct BlockIdentity: Method {
  static let name = "identities.block"
  static let access = Access.write(.identities)

  /// Kind of the value; one that joins people: `email`, `phone`, `user`, `loyaltyCard` or `erp`.
  var kind: IdentifierKind
  /// The value, in any spelling.
  var value: String
  /// Why it identifies nobody.
  var reason: Reason
  /// Whether the links that rest on it are removed. They stay when absent.
  var removeLinks: Bool?

  static func example(in _: ExampleData) -> BlockIdentity {
    BlockIdentity(kind: .phone, value: "+49 30 1234567", reason: Reason(fixed: "the switchboard"))
  }

  func run(_ call: Call) async throws -> BlockedIdentity {
    guard kind.joinsPeople else {
      throw InvalidParam(path: "/params/kind", rule: "joins", message: "is a kind whose values join nobody")
    }
    guard let identifier = Identifier(kind: kind, value: value) else {
      throw InvalidParam(path: "/params/value", rule: "format", message: "is no value of kind \(kind.rawValue)")
    }
    let links = try await call.customerBase.block(
      identifier, reason: reason.text, removingLinks: removeLinks == true)
    return BlockedIdentity(standing: links.standing, removed: links.removed.count)
  }
}

/// What rests on a value that was blocked.
struct BlockedIdentity: Codable, Sendable {
  /// Links by the value that hold.
  var standing: Int
  /// Links by the value that this call removed.
  var removed: Int
}
