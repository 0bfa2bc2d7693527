import CustomerBase
import Models
import Server

extension Failure {
  static let noPurchases = Failure(
    code: 3001, type: "no_purchases", message: "The customer bought nothing before the model's calibration ended.")
}

/// What a customer is worth within a horizon from the end of the model's calibration, and whether they still buy.
struct GetLifetimeValue: AboutCustomer, Profiling {
  static let name = "clv.get"
  static let access = Access.snapshot(.lifetimeValues)
  static let failures: [Failure] = [.notFound, .noPurchases]

  /// The customer, by any of its profiles.
  var customer: ID<Customer>
  /// Days from the end of calibration, 1 to 3,650.
  var horizonDays: Int
  /// The model of this source's orders, and the customer's orders of it; all orders when absent.
  var source: SourceName?

  static func example(in data: ExampleData) -> GetLifetimeValue {
    GetLifetimeValue(customer: data.ada, horizonDays: 365)
  }

  func run(_ call: Call) async throws -> CustomerLifetimeValue {
    guard (1...3650).contains(horizonDays) else {
      throw InvalidParam(path: "/params/horizonDays", rule: "range", message: "must be 1 to 3650")
    }
    let customer = try await call.customerBase.customer(of: customer)
    guard let model = try await PublishedModel.inUse(source: source, in: call.database) else {
      throw Failure.notFound.about("model: none is published, see clv.fit")
    }
    let purchases = try await customerPurchases(
      source: source, currency: model.currency, customers: [customer], in: call.database)
    guard let days = purchases.customers.first?.purchases,
      let history = PurchaseHistory(days, through: model.calibrationEnd)
    else { throw Failure.noPurchases }
    let value = LifetimeValue(history, purchases: model.purchases, spend: model.spend, horizonDays: horizonDays)
    return CustomerLifetimeValue(
      customer: customer, expectedPurchases: value.expectedPurchases, expectedValue: value.expectedValue,
      expectedSpend: model.spend.expectedSpend(history), probabilityAlive: value.probabilityAlive,
      currency: model.currency, horizonDays: horizonDays, asOf: model.calibrationEnd, history: history)
  }
}

/// What a customer is worth. Estimates are plain numbers in units of the currency, not amounts of money.
struct CustomerLifetimeValue: Codable, Sendable {
  /// The customer.
  var customer: ID<Customer>
  /// Purchases to expect within the horizon.
  var expectedPurchases: Double
  /// Money to expect within the horizon, not discounted.
  var expectedValue: Double
  /// Money to expect of one purchase.
  var expectedSpend: Double
  /// Probability that the customer has not stopped buying, 0 to 1.
  var probabilityAlive: Double
  /// Currency of the figures.
  var currency: Currency
  /// Days that the figures look ahead.
  var horizonDays: Int
  /// End of the model's calibration, where the horizon begins.
  var asOf: Day
  /// What the figures rest on.
  var history: PurchaseHistory
}
