import CustomerBase
import Models
import Server

/// A customer's recency, frequency and monetary value, scored against all other customers.
struct GetRFM: AboutCustomer, Profiling {
  static let name = "rfm.get"
  static let access = Access.report(.rfm)
  static let failures: [Failure] = [.notFound, .noPurchases]

  /// The customer, by any of its profiles.
  var customer: ID<Customer>
  /// Day of the analysis, UTC; today when absent.
  var asOf: Day?

  static func example(in data: ExampleData) -> GetRFM { GetRFM(customer: data.ada) }

  func run(_ call: Call) async throws -> CustomerRFM {
    let asOf = asOf ?? call.now.day
    let customer = try await call.customerBase.customer(of: customer)
    let customers = try await measuredCustomers(asOf: asOf, source: nil, in: call.database)
    guard let scoring = RFMScoring(customers.map(\.measures)),
      let measured = customers.first(where: { $0.customer == customer })
    else { throw Failure.noPurchases }
    return CustomerRFM(measured, on: scoring, asOf: asOf)
  }
}

/// A customer's measures, their scores from 1 to 5, and the segment.
struct CustomerRFM: Codable, Sendable {
  /// The customer.
  var customer: ID<Customer>
  /// Day of the analysis, UTC.
  var asOf: Day
  /// Days since the last order.
  var recencyDays: Int
  /// Number of orders.
  var frequency: Int
  /// Sum of the orders' amounts, in units of the currency.
  var monetaryValue: Double
  /// Score of the days since the last order, the highest for the most recent.
  var recencyScore: Int
  /// Score of the number of orders.
  var frequencyScore: Int
  /// Score of the sum of amounts.
  var monetaryScore: Int
  /// Group of customers alike in these scores.
  var segment: RFMSegment
  /// Name people know the segment by.
  var title: String

  init(_ measured: MeasuredCustomer, on scoring: RFMScoring, asOf: Day) {
    let scores = scoring.scores(measured.measures)
    customer = measured.customer
    self.asOf = asOf
    recencyDays = measured.measures.recencyDays
    frequency = measured.measures.frequency
    monetaryValue = measured.measures.monetaryValue
    recencyScore = scores.recency
    frequencyScore = scores.frequency
    monetaryScore = scores.monetaryValue
    segment = scoring.segment(measured.measures)
    title = segment.title
  }
}
