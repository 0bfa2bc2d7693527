import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Retention
@testable import Server

struct ListLifetimeValuesTests {
  private let cdnow = SourceName(normal: CDNOWShop.source)

  @Test(arguments: LifetimeValueOrder.allCases)
  func `Pages bring every customer once and the highest first`(sort: LifetimeValueOrder) async throws {
    try await CDNOWShop.withService { service in
      let items = try await all(sort, service)
      #expect(items.count == 2357)
      #expect(Set(items.map(\.customer)).count == 2357)
      let figure = sort == .value ? \ListedLifetimeValue.expectedValue : \.probabilityAlive
      let figures = items.map { $0[keyPath: figure] }
      #expect(figures == figures.sorted(by: >))
      // Of equal figures, the earlier customer comes first.
      for (left, right) in zip(items, items.dropFirst()) {
        #expect(left[keyPath: figure] != right[keyPath: figure] || left.customer < right.customer)
      }
    }
  }

  private func all(_ sort: LifetimeValueOrder, _ service: TestService) async throws -> [ListedLifetimeValue] {
    var items: [ListedLifetimeValue] = []
    var cursor: String?
    repeat {
      let page = try await service.call(
        ListLifetimeValues(sort: sort, source: cdnow, limit: Limit(200), cursor: cursor))
      items += page.items
      cursor = page.nextCursor
    } while cursor != nil
    return items
  }

  @Test func `The list says what clv.get says over 365 days`() async throws {
    try await CDNOWShop.withService { service in
      for item in try await service.call(ListLifetimeValues(sort: .value, source: cdnow, limit: Limit(20))).items {
        let value = try await service.call(
          GetLifetimeValue(customer: item.customer, horizonDays: 365, source: cdnow))
        #expect(item.expectedPurchases == value.expectedPurchases)
        #expect(item.expectedValue == value.expectedValue)
        #expect(item.probabilityAlive == value.probabilityAlive)
        #expect(item.currency == value.currency)
      }
    }
  }

  @Test func `A cursor serves its own list only`() async throws {
    try await CDNOWShop.withService { service in
      let page = try await service.call(ListLifetimeValues(sort: .value, source: cdnow, limit: Limit(1)))
      let cursor = try #require(page.nextCursor)
      for other in [
        ListLifetimeValues(sort: .probabilityAlive, source: cdnow, cursor: cursor),
        ListLifetimeValues(sort: .value, source: cdnow, cursor: "x"),
      ] {
        let refusal = try await service.refusal(of: other)
        #expect(refusal?.type == "invalid_params")
        #expect(refusal?.paths == ["/params/cursor"])
      }
    }
  }

  @Test func `Without a model there is no list`() async throws {
    try await withService(RetentionService.self) { service in
      let refusal = try await service.refusal(of: ListLifetimeValues(sort: .value))
      #expect(refusal?.type == "not_found")
      #expect(refusal?.detail.hasPrefix("model") == true)
      let list = ListLifetimeValues(sort: .value)
      #expect(try await service.refusal(of: list, as: .site)?.type == "forbidden")
    }
  }
}
