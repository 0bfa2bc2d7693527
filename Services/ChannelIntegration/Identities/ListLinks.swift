import CustomerBase
import Models
import Server

/// Lists why a customer's profiles are one, and what was removed: every link of any of its profiles, earliest first.
struct ListLinks: AboutCustomer {
  static let name = "identities.links"
  static let access = Access.snapshot(.identities)
  static let failures: [Failure] = [.notFound]

  /// The customer, by any of its profiles.
  var customer: ID<Customer>
  /// Links on a page.
  var limit: Limit?
  /// Where the last page ended.
  var cursor: String?

  static func example(in data: ExampleData) -> ListLinks { ListLinks(customer: data.ada) }

  func run(_ call: Call) async throws -> Page<Link> {
    let limit = (limit ?? .standard).count
    let after = try Cursor<ID<Link>>.position(cursor, of: customer)
    _ = try await call.customerBase.customer(of: customer)
    let links = try await call.customerBase.links(of: customer, after: after, limit: limit + 1)
    return try Page(links, limit: limit, filter: customer, position: \.link, item: { $0 })
  }
}
