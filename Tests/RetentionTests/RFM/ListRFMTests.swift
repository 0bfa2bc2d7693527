import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Retention
@testable import Server

struct ListRFMTests {
  private let asOf = CDNOWCustomers.calibrationEnd.adding(days: 273)
  private let cdnow = SourceName(normal: CDNOWShop.source)

  @Test func `Pages bring every customer once and who spent most first`() async throws {
    try await CDNOWShop.withService { service in
      let items = try await all(ListRFM(asOf: asOf, limit: Limit(200)), service)
      #expect(items.count == 2357)
      #expect(Set(items.map(\.customer)).count == 2357)
      for (left, right) in zip(items, items.dropFirst()) {
        #expect((right.monetaryValue, left.customer) < (left.monetaryValue, right.customer))
      }
      let best = try #require(items.first)
      let found = try await service.call(GetRFM(customer: best.customer, asOf: asOf))
      #expect(found.monetaryValue == best.monetaryValue)
      #expect(found.segment == best.segment)
    }
  }

  @Test func `A cell and a segment list whom the report counts`() async throws {
    try await CDNOWShop.withService { service in
      let report = try await service.call(ReportRFM(asOf: asOf, source: cdnow))
      for cell in [report.cells.first, report.cells.last].compactMap({ $0 }) {
        let list = ListRFM(
          asOf: asOf, recency: cell.recency, frequency: cell.frequency, monetary: cell.monetary, source: cdnow,
          limit: Limit(100))
        let items = try await all(list, service)
        #expect(items.count == cell.customers)
        #expect(items.allSatisfy { $0.recencyScore == cell.recency && $0.monetaryScore == cell.monetary })
      }
      for segment in report.segments {
        let items = try await all(ListRFM(asOf: asOf, segment: segment.segment, limit: Limit(200)), service)
        #expect(items.count == segment.customers)
        #expect(items.allSatisfy { $0.segment == segment.segment })
      }
    }
  }

  private func all(_ list: ListRFM, _ service: TestService) async throws -> [CustomerRFM] {
    var list = list
    var items: [CustomerRFM] = []
    repeat {
      let page = try await service.call(list)
      items += page.items
      list.cursor = page.nextCursor
    } while list.cursor != nil
    return items
  }

  @Test func `A cursor serves its own list only`() async throws {
    try await CDNOWShop.withService { service in
      let page = try await service.call(ListRFM(asOf: asOf, recency: 5, limit: Limit(1)))
      let cursor = try #require(page.nextCursor)
      let refusal = try await service.refusal(of: ListRFM(asOf: asOf, recency: 4, cursor: cursor))
      #expect(refusal?.paths == ["/params/cursor"])
    }
  }

  @Test func `Scores are 1 to 5, and before the first order there is nobody`() async throws {
    try await CDNOWShop.withService { service in
      #expect(try await service.refusal(of: ListRFM(asOf: asOf, recency: 0))?.paths == ["/params/recency"])
      #expect(try await service.refusal(of: ListRFM(asOf: asOf, frequency: 6))?.paths == ["/params/frequency"])
      #expect(try await service.refusal(of: ListRFM(asOf: asOf, monetary: -1))?.paths == ["/params/monetary"])
      let nobody = try await service.call(ListRFM(asOf: try #require(Day("1996-12-31"))))
      #expect(nobody.items.isEmpty && nobody.nextCursor == nil)
    }
  }
}
