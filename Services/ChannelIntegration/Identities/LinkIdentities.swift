import CustomerBase
import Models
import Server

/// Links two profiles because a person knows that they are one customer.
///
/// Linking a pair again answers the link that is there. Nothing is moved: removing the link brings back what was before.
struct LinkIdentities: Method {
  static let name = "identities.link"
  static let access = Access.write(.identities)
  static let failures: [Failure] = [.notFound, .erased]

  /// A profile, or a customer by any of its profiles.
  var a: ID<Profile>
  /// The other one.
  var b: ID<Profile>
  /// Why they are one.
  var reason: Reason

  static func example(in data: ExampleData) -> LinkIdentities {
    LinkIdentities(a: ID(data.ada), b: ID(data.grace), reason: Reason(fixed: "called from the same number"))
  }

  func run(_ call: Call) async throws -> LinkedCustomer {
    guard a != b else {
      throw InvalidParam(path: "/params/b", rule: "different", message: "must be another profile than a")
    }
    let link = try await call.customerBase.link(a, b, reason: reason.text)
    call.touch([a, b])
    return LinkedCustomer(link: link.link, customer: try await call.customerBase.customer(of: ID(a)))
  }
}

/// A link and the customer it makes.
struct LinkedCustomer: Codable, Sendable {
  /// The link, new or there already.
  var link: ID<Link>
  /// Customer both profiles belong to now.
  var customer: ID<Customer>
}
