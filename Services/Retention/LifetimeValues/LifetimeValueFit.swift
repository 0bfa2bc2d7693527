import Models

/// The models of lifetime value fitted to a set of customers, tested on what these customers did afterwards.
public struct LifetimeValueFit: Hashable, Codable, Sendable {
  /// Customers that a fit has to rest on at least.
  public static let minimumCustomers = 30
  /// Customers with a repeat purchase that a fit has to rest on at least.
  public static let minimumRepeaters = 10

  /// Whether the fit may be used.
  public enum Status: String, Codable, CaseIterable, Sendable {
    /// The model forecast the hold-out at least as well as each customer's own rate did.
    case published
    /// Fewer than 30 customers, fewer than 10 who bought again, none of these for money, or no hold-out to test on.
    case insufficientData
    /// Carrying on each customer's own rate would have forecast the hold-out better.
    case worseThanBaseline
  }

  /// How the forecast of the hold-out compares with what happened.
  public struct Backtest: Hashable, Codable, Sendable {
    /// Days from the end of calibration to the end of observation.
    public var holdoutDays: Int
    /// Purchases forecast for all customers together.
    public var predicted: Double
    /// Purchases that they made.
    public var actual: Int
    /// Mean over customers of how far the forecast was off, in purchases.
    public var meanAbsoluteError: Double
    /// The same for the baseline: x/T, the customer's own rate so far, times the hold-out; 0 where T is 0.
    public var baselineMeanAbsoluteError: Double
  }

  /// Model of the number of purchases, nil when nobody bought again.
  public var model: BetaGeometricModel?
  /// Logarithm of that model's likelihood.
  public var logLikelihood: Double?
  /// Model of the amount of a purchase, nil when no repeat purchase had a positive amount.
  public var spend: GammaGammaModel?
  /// Customers with a purchase before the end of calibration.
  public var customers: Int
  /// Test on the hold-out, nil without a model or a hold-out.
  public var backtest: Backtest?
  /// Whether the fit may be used.
  public var status: Status

  /// Fits both models to the histories, then forecasts the hold-out of that many days.
  public init(_ customers: [ObservedCustomer], holdoutDays: Int) {
    let histories = customers.lazy.map(\.history)
    let fit = BetaGeometricModel.fit(histories)
    model = fit?.model
    logLikelihood = fit?.logLikelihood
    spend = GammaGammaModel.fit(histories)?.model
    self.customers = customers.count
    backtest = fit.flatMap { Backtest(of: $0.model, on: customers, holdoutDays: holdoutDays) }

    let repeaters = histories.reduce(0) { $1.frequency > 0 ? $0 + 1 : $0 }
    if let backtest, spend != nil, customers.count >= Self.minimumCustomers, repeaters >= Self.minimumRepeaters {
      let isBetter = backtest.meanAbsoluteError <= backtest.baselineMeanAbsoluteError
      status = isBetter ? .published : .worseThanBaseline
    } else {
      status = .insufficientData
    }
  }
}

extension LifetimeValueFit.Backtest {
  fileprivate init?(of model: BetaGeometricModel, on customers: [ObservedCustomer], holdoutDays: Int) {
    guard holdoutDays > 0, !customers.isEmpty else { return nil }
    let weeks = Double(holdoutDays) / 7
    self.init(
      holdoutDays: holdoutDays, predicted: 0, actual: 0, meanAbsoluteError: 0, baselineMeanAbsoluteError: 0)
    for customer in customers {
      let history = customer.history
      let expected = model.expectedPurchases(history, weeks: weeks)
      let carriedOn = history.ageWeeks > 0 ? Double(history.frequency) / history.ageWeeks * weeks : 0
      predicted += expected
      actual += customer.holdoutPurchases
      meanAbsoluteError += abs(expected - Double(customer.holdoutPurchases))
      baselineMeanAbsoluteError += abs(carriedOn - Double(customer.holdoutPurchases))
    }
    meanAbsoluteError /= Double(customers.count)
    baselineMeanAbsoluteError /= Double(customers.count)
  }
}

/// What a customer is worth in the coming days.
public struct LifetimeValue: Hashable, Codable, Sendable {
  /// Purchases to expect within the horizon.
  public var expectedPurchases: Double
  /// Money to expect within the horizon, not discounted.
  public var expectedValue: Double
  /// Probability that the customer has not stopped buying.
  public var probabilityAlive: Double

  /// The value of a customer under both models.
  public init(
    _ history: PurchaseHistory, purchases: BetaGeometricModel, spend: GammaGammaModel, horizonDays: Int
  ) {
    expectedPurchases = purchases.expectedPurchases(history, weeks: Double(horizonDays) / 7)
    expectedValue = expectedPurchases * spend.expectedSpend(history)
    probabilityAlive = purchases.probabilityAlive(history)
  }
}
