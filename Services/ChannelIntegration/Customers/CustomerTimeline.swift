import CustomerBase
import Models
import Server

/// What happened to a customer, latest first: changes, links, consents, orders and events over all profiles.
struct CustomerTimeline: AboutCustomer {
  static let name = "customers.timeline"
  static let access = Access.snapshot(.customers, also: [.customer])
  static let failures: [Failure] = [.notFound]

  /// The customer, by any of its profiles.
  var customer: ID<Customer>
  /// Entries on a page.
  var limit: Limit?
  /// Where the last page ended.
  var cursor: String?

  static func example(in data: ExampleData) -> CustomerTimeline {
    CustomerTimeline(customer: data.ada, limit: Limit(3))
  }

  func run(_ call: Call) async throws -> Page<TimelineEntry> {
    let limit = (limit ?? .standard).count
    let before = try Cursor<TimelinePosition>.position(cursor, of: customer)
    let profiles = try await call.customerBase.profiles(of: customer)
    guard !profiles.isEmpty else { throw Failure.notFound.about("customer") }
    let rows = try await timeline(of: profiles, before: before, limit: limit + 1, in: call.database)
    return try Page(
      rows, limit: limit, filter: customer,
      position: { TimelinePosition(at: $0.at, key: $0.key) },
      item: {
        TimelineEntry(at: $0.at, type: $0.type, profile: $0.profile, source: $0.source, details: $0.details)
      })
  }
}
