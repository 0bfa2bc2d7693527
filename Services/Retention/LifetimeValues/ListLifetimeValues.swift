import CustomerBase
import Models
import Postgres
import Server

/// Lists customers by what they are worth, or by how likely they still buy, highest first, over 365 days from the end of
/// the model's calibration.
struct ListLifetimeValues: Profiling {
  static let name = "clv.list"
  static let access = Access.snapshot(.lifetimeValues)
  static let failures: [Failure] = [.notFound]

  /// What to sort by.
  var sort: LifetimeValueOrder
  /// The model of this source's orders; of all orders when absent.
  var source: SourceName?
  /// Customers on a page.
  var limit: Limit?
  /// Where the last page ended.
  var cursor: String?

  static func example(in _: ExampleData) -> ListLifetimeValues {
    ListLifetimeValues(sort: .value, limit: Limit(2))
  }

  func run(_ call: Call) async throws -> Page<ListedLifetimeValue> {
    guard let model = try await PublishedModel.inUse(source: source, in: call.database) else {
      throw Failure.notFound.about("model: none is published, see clv.fit")
    }
    let limit = (limit ?? .standard).count
    let filter = [sort.rawValue, source?.text]
    let after = try Cursor<LifetimeValuePosition>.position(cursor, of: filter)
    let figure: SQL = sort == .value ? "l.expected_value" : "l.probability_alive"
    let rest: SQL =
      after.map {
        "\(figure) <= \($0.figure) AND (\(figure) < \($0.figure) OR l.customer > \($0.customer))" as SQL
      } ?? "true"
    let rows: [StoredLifetimeValue] = try await call.database.all(
      """
      SELECT l.customer, l.expected_purchases, l.expected_value, l.probability_alive
      FROM retention.lifetime_values l
      WHERE l.source = \(model.source) AND \(CustomerBase.serves(.profiling, "l.customer")) AND \(rest)
      ORDER BY \(figure) DESC, l.customer LIMIT \(limit + 1)
      """)
    return try Page(
      rows, limit: limit, filter: filter,
      position: { row in
        LifetimeValuePosition(
          figure: sort == .value ? row.expectedValue : row.probabilityAlive, customer: row.customer)
      },
      item: { row in
        ListedLifetimeValue(
          customer: row.customer, expectedPurchases: row.expectedPurchases, expectedValue: row.expectedValue,
          probabilityAlive: row.probabilityAlive, currency: model.currency)
      })
  }
}

/// What a list of customers is sorted by.
enum LifetimeValueOrder: String, Codable, CaseIterable, Sendable {
  /// By the money to expect.
  case value
  /// By the probability that the customer has not stopped buying.
  case probabilityAlive
}

/// A customer's figures over 365 days.
struct ListedLifetimeValue: Codable, Sendable {
  /// The customer.
  var customer: ID<Customer>
  /// Purchases to expect.
  var expectedPurchases: Double
  /// Money to expect, not discounted, in units of the currency.
  var expectedValue: Double
  /// Probability that the customer has not stopped buying, 0 to 1.
  var probabilityAlive: Double
  /// Currency of the figures.
  var currency: Currency
}

private struct StoredLifetimeValue: Codable, Sendable {
  var customer: ID<Customer>
  var expectedPurchases: Double
  var expectedValue: Double
  var probabilityAlive: Double
}

private struct LifetimeValuePosition: Codable, Sendable {
  var figure: Double
  var customer: ID<Customer>
}
