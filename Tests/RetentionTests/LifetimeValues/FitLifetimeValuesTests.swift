import CustomerBase
import JSON
import Models
import Postgres
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Retention
@testable import Server

struct FitLifetimeValuesTests {
  // Fader, Hardie & Lee 2005, table 2; Fader & Hardie 2013.
  @Test func `CDNOW's orders give the published models`() async throws {
    let job = try await CDNOWShop.fit()
    #expect(job.state == .succeeded)
    let report = try job.result(as: LifetimeValueReport.self)
    let model = try #require(report.model)
    #expect(isClose(model.r, 0.2426, within: 1e-3))
    #expect(isClose(model.alpha, 4.4136, within: 1e-3))
    #expect(isClose(model.a, 0.7929, within: 1e-3))
    #expect(isClose(model.b, 2.4259, within: 1e-3))
    #expect(try #require(report.logLikelihood) >= -9582.4293)
    let spend = try #require(report.spend)
    #expect(isClose(spend.p, 6.25, within: 1e-2))
    #expect(isClose(spend.q, 3.74, within: 1e-2))
    #expect(isClose(spend.v, 15.44, within: 1e-2))
    #expect(report.source?.text == CDNOWShop.source)
    #expect(report.calibrationEnd == CDNOWCustomers.calibrationEnd)
    #expect(report.customers == 2357)
    #expect(report.currency == CDNOWShop.dollars)
    let backtest = try #require(report.backtest)
    #expect(backtest.holdoutDays == 273)
    #expect(backtest.actual == 1882)
    #expect(abs(backtest.predicted - 1653.4) < 0.1)
    #expect(backtest.meanAbsoluteError < backtest.baselineMeanAbsoluteError)
    #expect(report.status == .published)
  }

  @Test func `The job's result has the members of the contract`() async throws {
    let job = try await CDNOWShop.fit()
    let result = try JSONDocument(parsing: try #require(job.result).utf8).root
    #expect(
      Set(result.members.map(\.name))
        == [
          "source", "calibrationEnd", "model", "logLikelihood", "spend", "customers", "currency", "backtest", "status",
        ])
    #expect(try Set(#require(result["model"]).members.map(\.name)) == ["r", "alpha", "a", "b"])
    #expect(try Set(#require(result["spend"]).members.map(\.name)) == ["p", "q", "v"])
    #expect(
      try Set(#require(result["backtest"]).members.map(\.name))
        == ["holdoutDays", "predicted", "actual", "meanAbsoluteError", "baselineMeanAbsoluteError"])
  }

  @Test func `A model is published for its source alone`() async throws {
    try await CDNOWShop.withService { service in
      let list = ListLifetimeValues(sort: .value, limit: Limit(1))
      #expect(try await service.refusal(of: list)?.type == "not_found")
      let all = try await service.finished(
        FitLifetimeValues(calibrationEnd: CDNOWCustomers.calibrationEnd, unit: .week))
      #expect(try all.result(as: LifetimeValueReport.self).status == .published)
      #expect(try await service.call(list).items.count == 1)
      let nobody = try await service.finished(
        FitLifetimeValues(
          calibrationEnd: CDNOWCustomers.calibrationEnd, unit: .week, source: SourceName(fixed: "nowhere")))
      let report = try nobody.result(as: LifetimeValueReport.self)
      #expect(report.status == .insufficientData)
      #expect(report.customers == 0)
      #expect(report.model == nil)
    }
  }

  @Test func `What is not good enough leaves the published model alone`() async throws {
    try await withService(RetentionService.self) { service in
      let shop = try await service.beside(ChannelIntegrationService.self)
      try await shop.order(SeededShop.orders())
      let published = try await service.finished(SeededShop.fit)
      #expect(try published.result(as: LifetimeValueReport.self).status == .published)
      let models = try await stored(service)

      // Without a hold-out there is nothing to test on.
      let late = try await service.finished(FitLifetimeValues(calibrationEnd: SeededShop.end, unit: .week))
      #expect(try late.result(as: LifetimeValueReport.self).status == .insufficientData)
      #expect(try await stored(service) == models)

      // Nobody is left but people who go on exactly as they did before.
      let cancelled = SeededShop.orders().map { order in
        var order = order
        order?.status = .cancelled
        return order
      }
      let steady = (0..<100).flatMap { customer in
        stride(from: 0, to: 400, by: 5 + customer % 20).map { days in
          let day = SeededShop.start.adding(days: days)
          return TestOrder("s\(customer)-\(days)", of: "steady-\(customer)", at: "\(day)", "\(10 + customer)")
        }
      }
      try await shop.order(cancelled + steady)
      let worse = try await service.finished(SeededShop.fit)
      #expect(try worse.result(as: LifetimeValueReport.self).status == .worseThanBaseline)
      #expect(try await stored(service) == models)
    }
  }

  private func stored(_ service: TestService) async throws -> [String] {
    try await service.database.shared.all(
      "SELECT concat_ws(' ', source, calibration_end, r, alpha, a, b, p, q, v) FROM retention.lifetime_models")
  }

  @Test func `Cancelled and returned orders and those of another currency do not count`() async throws {
    try await withService(RetentionService.self) { service in
      let shop = try await service.beside(ChannelIntegrationService.self)
      try await shop.order(SeededShop.orders())
      let before = try await service.finished(SeededShop.fit).result(as: LifetimeValueReport.self)
      try await shop.order(
        (0..<SeededShop.customers).flatMap { customer in
          [
            TestOrder("c\(customer)", of: "\(customer)", at: "2025-06-01", "7", status: .cancelled),
            TestOrder("r\(customer)", of: "\(customer)", at: "2025-06-02", "7", status: .returned),
            TestOrder("f\(customer)", of: "\(customer)", at: "2025-06-03", "7", currency: Currency(fixed: "CHF")),
          ]
        })
      let after = try await service.finished(SeededShop.fit).result(as: LifetimeValueReport.self)
      #expect(after.model == before.model)
      #expect(after.spend == before.spend)
      #expect(after.currency == .euro)
    }
  }

  @Test func `Weeks are the only unit and writing needs its scope`() async throws {
    try await withService(RetentionService.self) { service in
      let refusal = try await service.refusal(of: "clv.fit", #"{"calibrationEnd":"2025-01-01","unit":"month"}"#)
      #expect(refusal?.type == "invalid_params")
      #expect(refusal?.paths == ["/params/unit"])
      let fit = FitLifetimeValues(calibrationEnd: SeededShop.end, unit: .week)
      #expect(try await service.refusal(of: fit, as: .service(scopes: ["clv:read"]))?.type == "forbidden")
      #expect(try await service.refusal(of: fit, as: .service(scopes: ["clv:write"])) == nil)
    }
  }
}
