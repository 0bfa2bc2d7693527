import Retention
import Testing

struct GammaGammaModelTests {
  @Test func `Who never paid again is expected to pay what all pay`() {
    let never = PurchaseHistory(frequency: 0, recencyWeeks: 0, ageWeeks: 3, meanRepeatSpend: 0)
    let free = PurchaseHistory(frequency: 2, recencyWeeks: 2, ageWeeks: 3, meanRepeatSpend: 0)
    let spend = CDNOWCustomers.spend
    #expect(spend.expectedSpend(never) == spend.p * spend.v / (spend.q - 1))
    #expect(spend.expectedSpend(free) == spend.expectedSpend(never))
  }

  @Test func `More payments bring the expectation nearer to the own mean`() {
    let values = [1, 5, 100].map {
      CDNOWCustomers.spend.expectedSpend(
        PurchaseHistory(frequency: $0, recencyWeeks: 1, ageWeeks: 3, meanRepeatSpend: 100))
    }
    #expect(values[0] < values[1] && values[1] < values[2] && values[2] < 100)
  }

  @Test func `The currency's unit does not matter`() throws {
    let histories = try CDNOWCustomers.load().values.map(\.history)
    let dollars = try #require(GammaGammaModel.fit(histories)).model
    let cents = try #require(
      GammaGammaModel.fit(
        histories.map {
          var history = $0
          history.meanRepeatSpend *= 100
          return history
        })
    ).model
    #expect(isClose(cents.p, dollars.p, within: 1e-6))
    #expect(isClose(cents.q, dollars.q, within: 1e-6))
    #expect(isClose(cents.v, 100 * dollars.v, within: 1e-6))
  }

  @Test func `The likelihood falls on all sides of the fit`() throws {
    let histories = try CDNOWCustomers.load().values.map(\.history)
    let fit = try #require(GammaGammaModel.fit(histories))
    for path in [\GammaGammaModel.p, \.q, \.v] {
      for factor in [0.999, 1.001] {
        var model = fit.model
        model[keyPath: path] *= factor
        #expect(model.logLikelihood(of: histories) < fit.logLikelihood)
      }
    }
  }

  @Test func `Refunds and gifts are no payments`() {
    let histories = [-5.0, 0].map {
      PurchaseHistory(frequency: 2, recencyWeeks: 2, ageWeeks: 3, meanRepeatSpend: $0)
    }
    #expect(GammaGammaModel.fit(histories) == nil)
  }
}
