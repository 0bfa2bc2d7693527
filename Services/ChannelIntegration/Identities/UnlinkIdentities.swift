import CustomerBase
import Models
import Server

/// Removes a link: profiles that it alone held together become two customers again, as they were.
///
/// The evidence of a removed link never links the two by itself again; where a source tells it once more, that is refused
/// as `removedByHand`. Of a person who was erased the reason is not kept.
struct UnlinkIdentities: Method {
  static let name = "identities.unlink"
  static let access = Access.write(.identities)
  static let failures: [Failure] = [.notFound, .wrongState]

  /// The link, as `identities.links` lists it.
  var link: ID<Link>
  /// Why they are not one.
  var reason: Reason

  static func example(in data: ExampleData) -> UnlinkIdentities {
    UnlinkIdentities(link: data.link, reason: Reason(fixed: "two people share the address"))
  }

  func run(_ call: Call) async throws -> UnlinkedCustomers {
    let removed = try await call.customerBase.unlink(link, reason: reason.text)
    call.touch([removed.a, removed.b])
    return UnlinkedCustomers(
      link: removed.link,
      a: try await call.customerBase.customer(of: ID(removed.a)),
      b: try await call.customerBase.customer(of: ID(removed.b)))
  }
}

/// What a removed link leaves.
struct UnlinkedCustomers: Codable, Sendable {
  /// The link that was removed.
  var link: ID<Link>
  /// Customer the link's first profile belongs to now.
  var a: ID<Customer>
  /// Customer its second profile belongs to now; the same where other links still join them.
  var b: ID<Customer>
}
