import Models
import Server

/// Lists customers with their recency, frequency and monetary value, who spent most first: all of them, or those of a
/// segment or with certain scores.
///
/// The scores are those of `rfm.report` with five bins: all customers who had bought by the day make the scale.
struct ListRFM: Profiling {
  static let name = "rfm.list"
  static let access = Access.report(.rfm)

  /// Day of the analysis, UTC; orders after it do not count.
  var asOf: Day
  /// Only customers of this segment.
  var segment: RFMSegment?
  /// Only customers with this score of the days since the last order, 1 to 5.
  var recency: Int?
  /// Only customers with this score of the number of orders, 1 to 5.
  var frequency: Int?
  /// Only customers with this score of the sum of amounts, 1 to 5.
  var monetary: Int?
  /// Only orders of this source.
  var source: SourceName?
  /// Customers on a page.
  var limit: Limit?
  /// Where the last page ended.
  var cursor: String?

  static func example(in _: ExampleData) -> ListRFM { ListRFM(asOf: ExampleData.now.day, limit: Limit(2)) }

  func run(_ call: Call) async throws -> Page<CustomerRFM> {
    for (name, score) in [("recency", recency), ("frequency", frequency), ("monetary", monetary)] {
      guard let score, !(1...5).contains(score) else { continue }
      throw InvalidParam(path: "/params/\(name)", rule: "range", message: "must be 1 to 5")
    }
    let filter = ["\(asOf)", segment?.rawValue, source?.text] + [recency, frequency, monetary].map { $0?.description }
    let after = try Cursor<Position>.position(cursor, of: filter)
    let limit = (limit ?? .standard).count
    let customers = try await measuredCustomers(asOf: asOf, source: source, in: call.database)
    guard let scoring = RFMScoring(customers.map(\.measures)) else { return Page(items: [], nextCursor: nil) }
    let rows =
      customers
      .filter { customer in after.map { $0 < Position(customer) } ?? true }
      .filter { isWanted($0.measures, on: scoring) }
      .sorted { Position($0) < Position($1) }
    return try Page(
      Array(rows.prefix(limit + 1)), limit: limit, filter: filter, position: Position.init,
      item: { CustomerRFM($0, on: scoring, asOf: asOf) })
  }

  private func isWanted(_ measures: RFMMeasures, on scoring: RFMScoring) -> Bool {
    let scores = scoring.scores(measures)
    return (segment ?? scoring.segment(measures)) == scoring.segment(measures)
      && (recency ?? scores.recency) == scores.recency && (frequency ?? scores.frequency) == scores.frequency
      && (monetary ?? scores.monetaryValue) == scores.monetaryValue
  }

  /// A place in the list: who spent more stands before, of two who spent as much the earlier customer.
  private struct Position: Codable, Comparable, Sendable {
    var monetaryValue: Double
    var customer: ID<Customer>

    init(_ customer: MeasuredCustomer) {
      monetaryValue = customer.measures.monetaryValue
      self.customer = customer.customer
    }

    static func < (left: Position, right: Position) -> Bool {
      (right.monetaryValue, left.customer) < (left.monetaryValue, right.customer)
    }
  }
}
