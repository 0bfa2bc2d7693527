import TestSupport
import Datasets
import Models
import Retention
import Testing

struct LifetimeValueFitTests {
  // Fader, Hardie & Lee 2005, table 2: r .243, alpha 4.414, a .793, b 2.426, log-likelihood −9582.4.
  @Test func `CDNOW gives the published purchase model`() throws {
    let histories = try CDNOWCustomers.load().values.map(\.history)
    #expect(histories.count == 2357)
    let fit = try #require(BetaGeometricModel.fit(histories))
    #expect(isClose(fit.model.r, 0.2425945, within: 1e-5))
    #expect(isClose(fit.model.alpha, 4.4136021, within: 1e-5))
    #expect(isClose(fit.model.a, 0.7929219, within: 1e-5))
    #expect(isClose(fit.model.b, 2.4259065, within: 1e-5))
    #expect(abs(fit.logLikelihood - -9582.429207) < 1e-5)
    #expect(fit.model.logLikelihood(of: histories) == fit.logLikelihood)
  }

  // Fader & Hardie 2013: p 6.25, q 3.74, v 15.44, log-likelihood −4055.9177.
  @Test func `CDNOW gives the published spend model`() throws {
    let histories = try CDNOWCustomers.load().values.map(\.history)
    let fit = try #require(GammaGammaModel.fit(histories))
    #expect(isClose(fit.model.p, 6.249571, within: 1e-4))
    #expect(isClose(fit.model.q, 3.744225, within: 1e-4))
    #expect(isClose(fit.model.v, 15.443524, within: 1e-4))
    #expect(abs(fit.logLikelihood - -4055.917695) < 1e-5)
    #expect(fit.customers == 946)
  }

  @Test func `The forecast of CDNOW's hold-out beats each customer's own rate`() throws {
    let customers = Array(try CDNOWCustomers.load().values)
    let fit = LifetimeValueFit(customers, holdoutDays: 273)
    let backtest = try #require(fit.backtest)
    #expect(fit.status == .published)
    #expect(fit.customers == 2357)
    #expect(backtest.holdoutDays == 273)
    #expect(backtest.actual == 1882)
    #expect(abs(backtest.predicted - 1653.4) < 0.1)
    #expect(abs(backtest.meanAbsoluteError - 0.7855) < 5e-5)
    #expect(abs(backtest.baselineMeanAbsoluteError - 1.0237) < 5e-5)
  }

  @Test(.enabled(if: DatasetFolders.reference != nil))
  func `Every one of CDNOW's customers is valued as by the reference`() throws {
    let customers = try CDNOWCustomers.load()
    let fit = LifetimeValueFit(Array(customers.values), holdoutDays: 273)
    let model = try #require(fit.model)
    let spend = try #require(fit.spend)
    let folder = try #require(DatasetFolders.reference)
    let reader = try CSVReader(path: "\(folder)/cdnow/expected_bgnbd_gamma_gamma.csv")
    let places = try reader.columns("customer_id", "p_alive", "exp_39w", "exp_spend", "monetary", "x_star")
    var rows = 0
    while let fields = try reader.next() {
      let expected = places.map { Double(fields[$0]) ?? .infinity }
      let customer = try #require(customers[Int(expected[0])])
      let value = LifetimeValue(customer.history, purchases: model, spend: spend, horizonDays: 273)
      #expect(abs(value.probabilityAlive - expected[1]) < 1e-4)
      #expect(abs(value.expectedPurchases - expected[2]) < 1e-4)
      #expect(abs(spend.expectedSpend(customer.history) - expected[3]) < 1e-4)
      #expect(abs(value.expectedValue - expected[2] * expected[3]) < 2e-3)
      #expect(abs(customer.history.meanRepeatSpend - expected[4]) < 1e-4)
      #expect(customer.holdoutPurchases == Int(expected[5]))
      rows += 1
    }
    #expect(rows == 2357)
  }

  @Test(.enabled(if: DatasetFolders.reference != nil))
  func `A shop whose customers never stop has a finite model that is not published`() throws {
    var purchases: [String: [Purchase]] = [:]
    let folder = try #require(DatasetFolders.reference)
    try OnlineRetail.forEachLine(path: "\(folder)/online-retail/online_retail.csv.gz") { line in
      guard line.isPurchase, let customer = line.customer else { return }
      let day = try #require(Day(line.invoicedAt.prefix(10)))
      let price = try #require(Double(line.unitPrice))
      purchases[customer, default: []].append(Purchase(day: day, amount: price * Double(line.quantity)))
    }
    let end = try #require(Day("2011-08-31"))
    let observed = try #require(Day("2011-12-09"))
    let customers = purchases.values.compactMap {
      ObservedCustomer($0, calibrationEnd: end, observationEnd: observed)
    }
    #expect(customers.count == 3317)
    let fit = LifetimeValueFit(customers, holdoutDays: 100)
    let model = try #require(fit.model)
    let backtest = try #require(fit.backtest)
    #expect(try abs(#require(fit.logLikelihood) - -21755.348) < 1e-3)
    #expect(isClose(model.r, 0.72263, within: 1e-3))
    #expect(isClose(model.alpha, 9.4243, within: 1e-3))
    #expect(model.a / (model.a + model.b) < 1e-6)
    #expect(backtest.actual == 4806)
    #expect(abs(backtest.predicted - 3633.4) < 0.2)
    #expect(abs(backtest.meanAbsoluteError - 0.9970) < 1e-4)
    #expect(abs(backtest.baselineMeanAbsoluteError - 0.9667) < 1e-4)
    #expect(fit.status == .worseThanBaseline)
    let spend = try #require(fit.spend)
    #expect(isClose(spend.p, 2.3950, within: 1e-3))
    #expect(isClose(spend.q, 3.3018, within: 1e-3))
    #expect(isClose(spend.v, 396.43, within: 1e-3))
  }

  @Test func `A model is not published where the own rate forecasts better`() {
    // Everybody goes on exactly as before.
    let customers = (0..<60).map { number in
      let repeats = 1 + number % 12
      return ObservedCustomer(
        history: PurchaseHistory(frequency: repeats, recencyWeeks: 20, ageWeeks: 24, meanRepeatSpend: 10),
        holdoutPurchases: repeats)
    }
    let fit = LifetimeValueFit(customers, holdoutDays: 24 * 7)
    #expect(fit.status == .worseThanBaseline)
    #expect(fit.backtest?.baselineMeanAbsoluteError == 0)
  }

  @Test(arguments: [0, 1, 29, 5000])
  func `Customers who never came back make no model`(count: Int) {
    let once = PurchaseHistory(frequency: 0, recencyWeeks: 0, ageWeeks: 10, meanRepeatSpend: 0)
    let customers = Array(repeating: ObservedCustomer(history: once, holdoutPurchases: 1), count: count)
    let fit = LifetimeValueFit(customers, holdoutDays: 30)
    #expect(fit.status == .insufficientData)
    #expect(fit.model == nil)
    #expect(fit.spend == nil)
    #expect(fit.backtest == nil)
    #expect(fit.customers == count)
  }

  @Test func `Without a hold-out nothing is published`() throws {
    let fit = LifetimeValueFit(Array(try CDNOWCustomers.load().values), holdoutDays: 0)
    #expect(fit.status == .insufficientData)
    #expect(fit.model != nil)
    #expect(fit.backtest == nil)
  }

  @Test(arguments: [29, 30])
  func `Thirty customers are enough`(count: Int) {
    let customers = (0..<count).map { number in
      let age = 10 + Double(number)
      return ObservedCustomer(
        history: PurchaseHistory(
          frequency: number % 4, recencyWeeks: number % 4 == 0 ? 0 : age / 2, ageWeeks: age, meanRepeatSpend: 5),
        holdoutPurchases: number % 2)
    }
    #expect((LifetimeValueFit(customers, holdoutDays: 70).status == .insufficientData) == (count < 30))
  }
}
