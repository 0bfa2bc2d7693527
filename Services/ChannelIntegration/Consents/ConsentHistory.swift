import CustomerBase
import Models
import Server

/// Lists every record of consent over a customer's profiles, latest first.
struct ConsentHistory: AboutCustomer {
  static let name = "consents.history"
  static let access = Access.snapshot(.consents, also: [.customer])
  static let failures: [Failure] = [.notFound]

  /// The customer, by any of its profiles.
  var customer: ID<Customer>
  /// Records on a page.
  var limit: Limit?
  /// Where the last page ended.
  var cursor: String?

  static func example(in data: ExampleData) -> ConsentHistory { ConsentHistory(customer: data.ada) }

  func run(_ call: Call) async throws -> Page<ConsentRecord> {
    let limit = (limit ?? .standard).count
    let before = try Cursor<ConsentPosition>.position(cursor, of: customer)
    _ = try await call.customerBase.customer(of: customer)
    let records = try await call.customerBase.consents(of: customer, before: before, limit: limit + 1)
    return try Page(
      records, limit: limit, filter: customer,
      position: { ConsentPosition(at: $0.recordedAt, consent: $0.consent) }, item: { $0 })
  }
}
