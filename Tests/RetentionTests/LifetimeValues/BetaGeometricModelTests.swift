import Foundation
import Retention
import Testing

/// A customer of CDNOW with the values that the published parameters give.
struct ValuedCustomer: CustomTestStringConvertible, Sendable {
  var number: Int
  var history: PurchaseHistory
  var probabilityAlive: Double
  var expectedPurchases: Double
  var expectedSpend: Double

  var testDescription: String { "customer \(number)" }

  // Calibration to 1997-09-30, forecast of 39 weeks; from the exact maximum of the likelihood.
  static let all = [
    Self(1, 2, 30.428571, 38.857143, 22.345, 0.726620, 1.225994, 24.653919),
    Self(2, 1, 1.714286, 38.857143, 11.770, 0.212391, 0.203419, 18.910019),
    Self(3, 0, 0, 38.857143, 0, 1, 0.194794, 35.170371),
    Self(101, 5, 36.142857, 38.142857, 17.472, 0.862950, 3.330971, 18.900812),
    Self(1516, 26, 30.857143, 31.000000, 39.970, 0.968854, 20.748904, 39.890287),
  ]

  private init(
    _ number: Int, _ frequency: Int, _ recency: Double, _ age: Double, _ spend: Double, _ alive: Double,
    _ purchases: Double, _ expectedSpend: Double
  ) {
    self.number = number
    history = PurchaseHistory(
      frequency: frequency, recencyWeeks: recency, ageWeeks: age, meanRepeatSpend: spend)
    probabilityAlive = alive
    expectedPurchases = purchases
    self.expectedSpend = expectedSpend
  }
}

struct BetaGeometricModelTests {
  @Test(arguments: ValuedCustomer.all)
  func `Single customers are valued as published`(customer: ValuedCustomer) {
    let model = CDNOWCustomers.model
    #expect(abs(model.probabilityAlive(customer.history) - customer.probabilityAlive) < 2e-6)
    #expect(abs(model.expectedPurchases(customer.history, weeks: 39) - customer.expectedPurchases) < 2e-6)
    // The mean of a customer's payments is given to a tenth of a cent.
    #expect(abs(CDNOWCustomers.spend.expectedSpend(customer.history) - customer.expectedSpend) < 1e-3)
  }

  /// Equation 10 of Fader, Hardie & Lee 2005 as it is written, with the series of 2F1.
  private func equation10(_ model: BetaGeometricModel, _ history: PurchaseHistory, weeks: Double) -> Double {
    let x = Double(history.frequency)
    let (alpha, a, b) = (model.alpha, model.a, model.b)
    let z = weeks / (alpha + history.ageWeeks + weeks)
    var term = 1.0
    var hypergeometric = 1.0
    for step in 0..<100_000 where term != 0 {
      let n = Double(step)
      term *= (model.r + x + n) * (b + x + n) / ((a + b + x - 1 + n) * (n + 1)) * z
      hypergeometric += term
    }
    let shrunk = pow((alpha + history.ageWeeks) / (alpha + history.ageWeeks + weeks), model.r + x)
    let numerator = (a + b + x - 1) / (a - 1) * (1 - shrunk * hypergeometric)
    let stopped =
      history.frequency == 0
      ? 0
      : a / (b + x - 1) * pow((alpha + history.ageWeeks) / (alpha + history.recencyWeeks), model.r + x)
    return numerator / (1 + stopped)
  }

  @Test(arguments: [
    BetaGeometricModel(r: 0.2426, alpha: 4.41, a: 0.793, b: 2.426),
    BetaGeometricModel(r: 3, alpha: 0.5, a: 4, b: 0.3),
    // a + b < 1 makes 2F1 negative for customers without a repeat.
    BetaGeometricModel(r: 0.3, alpha: 5, a: 0.2, b: 0.5),
    BetaGeometricModel(r: 0.9, alpha: 2, a: 0.01, b: 0.9),
  ])
  func `Expected purchases are equation 10`(model: BetaGeometricModel) {
    for (frequency, recency, age) in [(0, 0.0, 0.0), (0, 0, 30), (1, 3, 30), (7, 29, 30), (40, 11, 12)] {
      let history = PurchaseHistory(
        frequency: frequency, recencyWeeks: recency, ageWeeks: age, meanRepeatSpend: 0)
      for weeks in [0.5, 14, 39] {
        let expected = equation10(model, history, weeks: weeks)
        let found = model.expectedPurchases(history, weeks: weeks)
        #expect(isClose(found, expected, within: 1e-9), "x \(frequency), \(weeks) weeks")
      }
    }
    let new = PurchaseHistory(frequency: 0, recencyWeeks: 0, ageWeeks: 0, meanRepeatSpend: 0)
    #expect(model.expectedPurchasesOfNewCustomer(weeks: 39) == model.expectedPurchases(new, weeks: 39))
  }

  @Test func `Expected purchases pass smoothly through a = 1`() {
    let history = PurchaseHistory(frequency: 3, recencyWeeks: 20, ageWeeks: 25, meanRepeatSpend: 0)
    let values = [0.9999, 1, 1.0001].map {
      BetaGeometricModel(r: 0.5, alpha: 4, a: $0, b: 2.5).expectedPurchases(history, weeks: 39)
    }
    #expect(isClose(values[1], (values[0] + values[2]) / 2, within: 1e-7))
    #expect(values[0] > values[1] && values[1] > values[2])
  }

  @Test(arguments: [(1e-9, 1.0), (1e-9, 1e8), (1e-3, 4e8), (4.8e-9, 4.8e8)])
  func `Where nobody stops the forecast is that of a Gamma-Poisson process`(a: Double, b: Double) {
    let model = BetaGeometricModel(r: 0.72, alpha: 9.4, a: a, b: b)
    for (frequency, recency, age) in [(0, 0.0, 0.0), (1, 2, 38), (120, 37, 38)] {
      let history = PurchaseHistory(
        frequency: frequency, recencyWeeks: recency, ageWeeks: age, meanRepeatSpend: 0)
      let poisson = (0.72 + Double(frequency)) / (9.4 + age) * 52
      // One purchase in a hundred years of silence is no evidence of a stop: P(alive) stays near 1 here.
      let found = model.expectedPurchases(history, weeks: 52)
      #expect(isClose(found, poisson, within: 1e-5))
    }
  }

  @Test func `Every forecast is finite however far the parameters go`() {
    let extremes = [1e-3, 0.5, 1, 50, 4.8e8]
    for r in extremes {
      for alpha in extremes {
        for (a, b) in [(2e-9, 2e-9), (2e-9, 4.8e8), (4.8e8, 2e-9), (4.8e8, 4.8e8), (1, 1e-6), (1, 1)] {
          let model = BetaGeometricModel(r: r, alpha: alpha, a: a, b: b)
          // Rates beyond a thousand purchases a week do not come out of a fit to days.
          guard r / alpha < 1000 else { continue }
          for (frequency, recency, age) in [(0, 0.0, 0.0), (0, 0, 500), (1, 1, 500), (400, 60, 60), (900, 130, 500)] {
            let history = PurchaseHistory(
              frequency: frequency, recencyWeeks: recency, ageWeeks: age, meanRepeatSpend: 0)
            let alive = model.probabilityAlive(history)
            let expected = model.expectedPurchases(history, weeks: 5)
            #expect(alive >= 0 && alive <= 1, "\(model) \(history)")
            #expect(expected >= 0 && expected.isFinite, "\(model) \(history)")
          }
        }
      }
    }
  }

  @Test func `A very frequent buyer's forecast does not underflow`() {
    // The chance of no purchase at all is e^-2000 here.
    let model = BetaGeometricModel(r: 4e6, alpha: 1e5, a: 2e-9, b: 4.8e8)
    let history = PurchaseHistory(frequency: 0, recencyWeeks: 0, ageWeeks: 0, meanRepeatSpend: 0)
    #expect(isClose(model.expectedPurchases(history, weeks: 50), 2000, within: 1e-9))
  }

  @Test func `A horizon that is none brings no purchases`() {
    for weeks in [0, -1, -Double.infinity, .infinity, .nan] {
      #expect(CDNOWCustomers.model.expectedPurchasesOfNewCustomer(weeks: weeks) == 0)
    }
  }

  @Test func `The likelihood falls on all sides of the fit`() throws {
    let histories = try CDNOWCustomers.load().values.map(\.history)
    let fit = try #require(BetaGeometricModel.fit(histories))
    for path in [\BetaGeometricModel.r, \.alpha, \.a, \.b] {
      for factor in [0.999, 1.001] {
        var model = fit.model
        model[keyPath: path] *= factor
        #expect(model.logLikelihood(of: histories) < fit.logLikelihood)
      }
    }
  }

  @Test func `The order of the customers does not change a bit of the fit`() throws {
    let histories = try CDNOWCustomers.load().sorted { $0.key < $1.key }.map(\.value.history)
    #expect(BetaGeometricModel.fit(histories) == BetaGeometricModel.fit(histories.reversed()))
  }

  @Test(arguments: [
    [PurchaseHistory(frequency: 1, recencyWeeks: 1, ageWeeks: 1, meanRepeatSpend: 1)],
    Array(
      repeating: PurchaseHistory(frequency: 300, recencyWeeks: 299, ageWeeks: 299.5, meanRepeatSpend: 1e9), count: 40),
    Array(
      repeating: PurchaseHistory(frequency: 1, recencyWeeks: 1 / 7.0, ageWeeks: 800, meanRepeatSpend: 1e-6), count: 40),
  ])
  func `Data that determine nothing still give finite models`(histories: [PurchaseHistory]) throws {
    let fit = try #require(BetaGeometricModel.fit(histories))
    let spend = try #require(GammaGammaModel.fit(histories))
    #expect(fit.logLikelihood.isFinite)
    #expect(spend.logLikelihood.isFinite)
    for history in histories {
      #expect(fit.model.expectedPurchases(history, weeks: 52).isFinite)
      #expect(isClose(spend.model.expectedSpend(history), history.meanRepeatSpend, within: 0.01))
    }
  }
}
