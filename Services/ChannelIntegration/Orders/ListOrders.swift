import CustomerBase
import Models
import Server

/// Lists a customer's orders over all channels, latest first, with their lines.
struct ListOrders: AboutCustomer {
  static let name = "orders.list"
  static let access = Access.snapshot(.orders, also: [.customer])
  static let failures: [Failure] = [.notFound]

  /// The customer, by any of its profiles.
  var customer: ID<Customer>
  /// Orders on a page.
  var limit: Limit?
  /// Where the last page ended.
  var cursor: String?

  static func example(in data: ExampleData) -> ListOrders { ListOrders(customer: data.ada) }

  func run(_ call: Call) async throws -> Page<Encoded<Order>> {
    let limit = (limit ?? .standard).count
    let before = try Cursor<OrderPosition>.position(cursor, of: customer)
    _ = try await call.customerBase.customer(of: customer)
    let orders = try await call.customerBase.orders(of: customer, before: before, limit: limit + 1)
    return try Page(orders, limit: limit, filter: customer, position: \.position, item: \.json)
  }
}
