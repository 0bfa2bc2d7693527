import Datasets
import Models
import Postgres
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Retention
@testable import Server

struct ReportRFMTests {
  // README of the R package rfm 0.3, analysis of 2006-12-31; the whole table is the reference's.
  @Test(.enabled(if: DatasetFolders.reference != nil))
  func `The orders of the R package rfm give its table`() async throws {
    let folder = try #require(DatasetFolders.reference)
    let analysis = try #require(Day("2006-12-31"))
    try await withService(RetentionService.self) { service in
      try await PackageOrders.order(from: folder, service)
      let report = try await service.call(ReportRFM(asOf: analysis))
      #expect(report.customers == 995)
      #expect(report.bins == 5)
      let cuts = try #require(report.cutPoints)
      #expect(cuts.recencyDays.map { ($0 * 10).rounded() } == [1150, 1810, 2974, 4820])
      #expect(cuts.frequency == [4, 5, 6, 8])
      #expect(cuts.monetaryValue.map { ($0 * 10).rounded() } == [2558, 3820, 5064, 6660])
      #expect(
        report.segments.map { "\($0.title) \($0.customers)" } == [
          "Potential Loyalist 342", "Loyal Customers 170", "Lost 148", "New Customers 104", "About To Sleep 102",
          "Can't Lose Them 47", "Champions 35", "At Risk 28", "Need Attention 10", "Promising 9",
        ])
      #expect(abs(report.segments.reduce(0) { $0 + $1.share } - 1) < 1e-9)

      let customers = try await service.database.transaction(.snapshot) {
        try await measuredCustomers(asOf: analysis, source: nil, in: $0)
      }
      let scoring = try #require(RFMScoring(customers.map(\.measures)))
      let scores = Dictionary(uniqueKeysWithValues: customers.map { ($0.customer, scoring.scores($0.measures)) })
      let names = try await service.customers()
      let expected = try CSVReader(path: "\(folder)/rfm-orders/expected_rfm.csv")
      let places = try expected.columns("customer_id", "rfm_score")
      var cells: [String: Int] = [:]
      while let fields = try expected.next() {
        let customer = try #require(names[fields[places[0]]])
        let own = try #require(scores[customer])
        #expect("\(own.recency)\(own.frequency)\(own.monetaryValue)" == fields[places[1]])
        cells[fields[places[1]], default: 0] += 1
      }
      #expect(
        Dictionary(
          uniqueKeysWithValues: report.cells.map { ("\($0.recency)\($0.frequency)\($0.monetary)", $0.customers) })
          == cells)
    }
  }

  @Test func `Only purchases by the end of the day count, of the source asked for`() async throws {
    try await withService(RetentionService.self) { service in
      let shop = try await service.beside(ChannelIntegrationService.self)
      try await shop.order([
        TestOrder("1", of: "ada", at: "2025-03-01T00:00:00Z", "10"),
        TestOrder("2", of: "ada", at: "2025-03-10T23:59:59.999999Z", "20"),
        TestOrder("3", of: "ada", at: "2025-03-11T00:00:00Z", "40"),
        TestOrder("4", of: "ada", at: "2025-03-02", "80", status: .cancelled),
        TestOrder("5", of: "ada", at: "2025-03-02", "160", status: .returned),
        TestOrder("6", of: "ada", at: "2025-03-02", "320", currency: Currency(fixed: "CHF")),
      ])
      try await shop.order([TestOrder("1", of: "bob", at: "2025-03-05", "5")], source: "fair")
      let asOf = try #require(Day("2025-03-10"))
      let all = try await service.call(ReportRFM(asOf: asOf))
      #expect(all.customers == 2)
      #expect(all.segments.reduce(0) { $0 + $1.monetaryValue } == 35)
      let shopOnly = try await service.call(ReportRFM(asOf: asOf, source: SourceName(fixed: "shop")))
      #expect(shopOnly.customers == 1)
      #expect(shopOnly.segments.map(\.monetaryValue) == [30])
      let before = try await service.call(ReportRFM(asOf: try #require(Day("2025-02-28"))))
      #expect(before.customers == 0)
      #expect(before.cells.isEmpty && before.segments.isEmpty && before.cutPoints == nil)
    }
  }

  @Test func `Linked profiles are one customer`() async throws {
    try await withService(RetentionService.self) { service in
      let shop = try await service.beside(ChannelIntegrationService.self)
      try await shop.order([
        TestOrder("1", of: "ada", at: "2025-03-01", "10"), TestOrder("2", of: "augusta", at: "2025-03-02", "10"),
      ])
      let asOf = try #require(Day("2025-03-10"))
      let link = try await shop.link("ada", "augusta")
      #expect(try await service.call(ReportRFM(asOf: asOf)).customers == 1)
      try await shop.unlink(link)
      #expect(try await service.call(ReportRFM(asOf: asOf)).customers == 2)
    }
  }

  @Test(arguments: [(2, true), (10, true), (1, false), (11, false), (-5, false)])
  func `Bins are 2 to 10`(bins: Int, isTaken: Bool) async throws {
    try await withService(RetentionService.self) { service in
      let refusal = try await service.refusal(of: ReportRFM(asOf: ExampleData.now.day, bins: bins))
      #expect((refusal == nil) == isTaken)
      if let refusal { #expect(refusal.paths == ["/params/bins"]) }
    }
  }

  @Test func `Reading needs its scope`() async throws {
    try await withService(RetentionService.self) { service in
      let report = ReportRFM(asOf: ExampleData.now.day)
      _ = try await service.call(report, as: .service(scopes: ["rfm:read"]))
      #expect(try await service.refusal(of: report, as: .service(scopes: []))?.type == "forbidden")
    }
  }
}

/// The demo orders of the R package rfm.
enum PackageOrders {
  static func order(from folder: String, _ service: TestService) async throws {
    let reader = try CSVReader(path: "\(folder)/rfm-orders/rfm_data_orders.csv")
    let places = try reader.columns("customer_id", "order_date", "revenue")
    var orders: [TestOrder] = []
    while let fields = try reader.next() {
      let order = TestOrder("\(orders.count)", of: fields[places[0]], at: fields[places[1]], fields[places[2]])
      orders.append(try #require(order))
    }
    #expect(orders.count == 4906)
    try await service.beside(ChannelIntegrationService.self).order(orders)
  }
}
