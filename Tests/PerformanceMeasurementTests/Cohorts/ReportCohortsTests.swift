import Datasets
import Foundation
import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import PerformanceMeasurement
@testable import Server

struct ReportCohortsTests {
  private let start = Day(daysSinceEpoch: 20_070)

  /// Orders of 60 customers over a turn of the year, in three currencies, some cancelled or of another source.
  private func seeded() -> (shop: [TestOrder], fair: [TestOrder]) {
    var generator = SeededGenerator(seed: 3)
    var orders: (shop: [TestOrder], fair: [TestOrder]) = ([], [])
    for number in 0..<700 {
      let customer = Int.random(in: 0..<60, using: &generator)
      let day = start.adding(days: Int.random(in: 0..<(20 + 6 * customer), using: &generator))
      let seconds = Int.random(in: 0..<86_400, using: &generator)
      let at = "\(day.start.adding(seconds: Int64(seconds)))"
      let currency = Currency(normal: ["EUR", "CHF", "JPY"][Int.random(in: 0..<3, using: &generator)])
      let status = OrderStatus.allCases[min(3, Int.random(in: 0..<12, using: &generator))]
      let amount = "\(Int.random(in: 0..<100, using: &generator)).\(Int.random(in: 1..<10, using: &generator))"
      guard
        let order = TestOrder("\(number)", of: "c\(customer)", at: at, amount, currency: currency, status: status)
      else { continue }
      if number % 5 == 0 { orders.fair.append(order) } else { orders.shop.append(order) }
    }
    return orders
  }

  /// The report by another way: calendars of Foundation, dictionaries, a loop over customers.
  private func expected(_ orders: [TestOrder], _ grain: Grain, from: Day, to: Day) throws -> [String] {
    var calendar = Calendar(identifier: .iso8601)
    calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
    func period(_ at: Timestamp) -> Date {
      let date = Date(timeIntervalSince1970: Double(at.microsecondsSinceEpoch / 1_000_000))
      let parts: Set<Calendar.Component> = grain == .month ? [.year, .month] : [.yearForWeekOfYear, .weekOfYear]
      return calendar.date(from: calendar.dateComponents(parts, from: date)) ?? date
    }
    let purchases = orders.filter {
      ($0.status == .placed || $0.status == .fulfilled) && $0.orderedAt < to.start
    }
    var customers: [Date: Set<String>] = [:]
    var active: [[Date]: Set<String>] = [:]
    var revenue: [[Date]: [String: Decimal]] = [:]
    for (customer, own) in Dictionary(grouping: purchases, by: \.customer) {
      guard let first = own.map(\.orderedAt).min(), first >= from.start else { continue }
      customers[period(first), default: []].insert(customer)
      for order in own {
        let place = [period(first), period(order.orderedAt)]
        active[place, default: []].insert(customer)
        revenue[place, default: [:]][order.currency.text, default: 0] += order.amount.decimal
      }
    }
    return active.keys.sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }.map { place in
      let unit: Calendar.Component = grain == .month ? .month : .day
      let distance = calendar.dateComponents([unit], from: place[0], to: place[1])
      let number = grain == .month ? distance.month ?? 0 : (distance.day ?? 0) / 7
      let money = (revenue[place] ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      let day = Timestamp(secondsSinceEpoch: Int64(place[0].timeIntervalSince1970)).day
      return line(day, customers[place[0]]?.count ?? 0, number, active[place]?.count ?? 0, money)
    }
  }

  private func lines(_ report: CohortReport) -> [String] {
    report.cohorts.flatMap { cohort in
      cohort.periods.map { period in
        let money = period.revenue.map { "\($0.currency.text) \($0.amount)" }
        return line(cohort.start, cohort.customers, period.period, period.customers, money)
      }
    }
  }

  private func line(_ start: Day, _ size: Int, _ period: Int, _ active: Int, _ money: [String]) -> String {
    "\(start) of \(size), \(period): \(active) \(money.joined(separator: " + "))"
  }

  @Test(arguments: Grain.allCases)
  func `Cohorts are those of a count by hand`(grain: Grain) async throws {
    let orders = seeded()
    try await withService(PerformanceMeasurementService.self) { service in
      let shop = try await service.beside(ChannelIntegrationService.self)
      // One source's customers are other profiles than the other's; here they are the same people.
      try await shop.order(orders.shop)
      try await shop.order(orders.fair, source: "fair")
      let fair = try await service.customers(source: "fair")
      for (name, profile) in fair.sorted(by: { $0.key < $1.key }) {
        let own = try await service.customer(name)
        _ = try await shop.call(LinkIdentities(a: ID(own), b: ID(profile), reason: Reason(fixed: "one person")))
      }
      // Whole years, in the middle of a period, and so late that most are no part of it.
      for (first, days) in [(0, 500), (17, 300), (45, 20), (200, 200)] {
        let (from, to) = (start.adding(days: first), start.adding(days: first + days))
        let all = try await service.call(ReportCohorts(grain: grain, from: from, to: to))
        #expect(try lines(all) == expected(orders.shop + orders.fair, grain, from: from, to: to))
        let one = try await service.call(
          ReportCohorts(grain: grain, from: from, to: to, source: SourceName(fixed: "shop")))
        #expect(try lines(one) == expected(orders.shop, grain, from: from, to: to))
        for cohort in all.cohorts {
          #expect(cohort.periods.first?.retention == 1)
          for period in cohort.periods {
            #expect(period.retention == Double(period.customers) / Double(cohort.customers))
          }
        }
      }
    }
  }

  @Test func `A customer who pays in two currencies is one customer`() async throws {
    try await withService(PerformanceMeasurementService.self) { service in
      let shop = try await service.beside(ChannelIntegrationService.self)
      try await shop.order([
        TestOrder("1", of: "ada", at: "2025-01-01", "10"),
        TestOrder("2", of: "ada", at: "2025-01-31", "10", currency: Currency(fixed: "CHF")),
        TestOrder("3", of: "bob", at: "2025-01-02", "10", currency: Currency(fixed: "CHF")),
        TestOrder("4", of: "bob", at: "2025-02-02", "5"),
      ])
      let report = try await service.call(
        ReportCohorts(grain: .month, from: #require(Day("2025-01-01")), to: #require(Day("2025-03-01"))))
      #expect(lines(report) == ["2025-01-01 of 2, 0: 2 CHF 20 + EUR 10", "2025-01-01 of 2, 1: 1 EUR 5"])
      #expect(report.cohorts[0].periods.map(\.retention) == [1, 0.5])
    }
  }

  @Test func `Weeks begin on Monday, at the turn of a year too`() async throws {
    try await withService(PerformanceMeasurementService.self) { service in
      let shop = try await service.beside(ChannelIntegrationService.self)
      try await shop.order([
        TestOrder("1", of: "ada", at: "2024-12-29T23:59:59Z", "1"),
        TestOrder("2", of: "bob", at: "2024-12-30T00:00:00Z", "2"),
        TestOrder("3", of: "bob", at: "2025-01-05T23:59:59Z", "3"),
        TestOrder("4", of: "bob", at: "2025-01-06T00:00:00Z", "4"),
      ])
      let report = try await service.call(
        ReportCohorts(grain: .week, from: #require(Day("2024-12-01")), to: #require(Day("2025-02-01"))))
      #expect(
        lines(report) == [
          "2024-12-23 of 1, 0: 1 EUR 1", "2024-12-30 of 1, 0: 1 EUR 5", "2024-12-30 of 1, 1: 1 EUR 4",
        ])
    }
  }

  @Test func `Days must be in order and ten years at most, and reading needs its scope`() async throws {
    try await withService(PerformanceMeasurementService.self) { service in
      for days in [-1, 0, 3661] {
        let report = ReportCohorts(grain: .week, from: start, to: start.adding(days: days))
        let refusal = try await service.refusal(of: report)
        #expect(refusal?.type == "invalid_params")
        #expect(refusal?.paths == ["/params/to"])
      }
      let report = ReportCohorts(grain: .week, from: start, to: start.adding(days: 3660))
      #expect(try await service.call(report).cohorts.isEmpty)
      #expect(try await service.refusal(of: report, as: .service(scopes: ["cohorts:read"])) == nil)
      for principal in [Principal.service(scopes: ["scorecard:read"]), .site] {
        #expect(try await service.refusal(of: report, as: principal)?.type == "forbidden")
      }
    }
  }

  // Chen, UCI Machine Learning Repository 352, cleaned as usual; the table is the reference's.
  @Test(.enabled(if: DatasetFolders.reference != nil))
  func `Online Retail gives the reference's table`() async throws {
    let folder = try #require(DatasetFolders.reference)
    var invoices: [String: (customer: String, at: String, amount: Decimal)] = [:]
    try OnlineRetail.forEachLine(path: "\(folder)/online-retail/online_retail.csv.gz") { line in
      guard line.isPurchase, let customer = line.customer, let price = Decimal(string: line.unitPrice) else { return }
      // A few invoices run over a minute: they count from their first line.
      invoices[line.invoice, default: (customer, line.invoicedAt, 0)].amount += price * Decimal(line.quantity)
    }
    let orders = invoices.map { TestOrder($0, of: $1.customer, at: $1.at, "\($1.amount)") }
    try await withService(PerformanceMeasurementService.self) { service in
      try await service.beside(ChannelIntegrationService.self).order(orders)
      let report = try await service.call(
        ReportCohorts(grain: .month, from: #require(Day("2010-12-01")), to: #require(Day("2011-12-10"))))
      #expect(report.cohorts.reduce(0) { $0 + $1.customers } == 4338)
      let revenue = report.cohorts.flatMap(\.periods).flatMap(\.revenue).reduce(Decimal()) { $0 + $1.amount.decimal }
      #expect(revenue == Decimal(string: "8911407.904"))
      let found = report.cohorts.flatMap { cohort in
        cohort.periods.map { "\(cohort.start) \($0.period) \($0.customers)" }
      }
      let reader = try CSVReader(path: "\(folder)/online-retail/expected_cohort_retention.csv")
      let places = try reader.columns("cohort", "k", "customers")
      var expected: [String] = []
      while let fields = try reader.next() {
        expected.append("\(fields[places[0]])-01 \(fields[places[1]]) \(fields[places[2]])")
      }
      #expect(expected.count == 91)
      #expect(found == expected)
    }
  }
}
