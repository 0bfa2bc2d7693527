import JSONRPC
import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct ListOrdersTests {
  @Test func `pages are latest first and stable while orders arrive`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      for number in 1...5 {
        _ = try await service.order("\(number)", of: "ada", at: service.clock.now.adding(seconds: Int64(number)))
      }
      // The same moment as another: the id tells them apart.
      _ = try await service.order("6", of: "ada", at: service.clock.now.adding(seconds: 3))
      let customer = try await service.person("ada").customer
      let orders = try await service.everyPage { cursor in
        if let cursor {
          let id = "new\(cursor.hashValue)"
          _ = try await service.order(id, of: "ada", at: service.clock.now.adding(seconds: 99))
        }
        return try await service.call(ListOrders(customer: customer, limit: Limit(2), cursor: cursor))
      }
      #expect(orders.count == 6)
      #expect(Set(orders.map(\.json)).count == 6)
    }
  }

  @Test func `a cursor of another customer is refused`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      for number in 1...3 { _ = try await service.order("\(number)", of: "ada") }
      let ada = try await service.person("ada").customer
      let grace = try await service.person("grace").customer
      let page = try await service.call(ListOrders(customer: ada, limit: Limit(1)))
      let error = try await #require(throws: RPCError.self) {
        _ = try await service.call(ListOrders(customer: grace, cursor: page.nextCursor))
      }
      #expect(error.code == .invalidParams)
      #expect(error.paths == ["/params/cursor"])
    }
  }
}
