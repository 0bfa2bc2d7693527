import CustomerBase
import JSON
import JSONRPC
import Models
import Postgres
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct ImportOrdersTests {
  private func totals(_ service: TestService, of person: String) async throws -> JSONNode? {
    let customer = try await service.person(person).customer
    return try await service.call("customers.get", "{\"customer\": \"\(customer)\"}")["orderTotals"]
  }

  @Test func `unknown customers and products are made`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let report = try await service.order("1", of: "ada")
      #expect((report.accepted, report.rejected.count) == (1, 0))
      #expect(try await service.person("ada").outcome == .unchanged)
      let skus: [String] = try await service.database.shared.all("SELECT sku FROM base.products")
      #expect(skus == ["TEA"])
    }
  }

  @Test func `an order told again is replaced whole and keeps its profile`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      _ = try await service.order("1", of: "ada", quantity: Amount(2))
      let same = try await service.order("1", of: "ada", quantity: Amount(2))
      #expect(same.unchanged == 1)
      let other = try await service.order("1", of: "grace", quantity: Amount(3))
      #expect(other.updated == 1)
      let ada = try await service.call(ListOrders(customer: try await service.person("ada").customer))
      #expect(ada.items.count == 1)
      let grace = try await service.call(ListOrders(customer: try await service.person("grace").customer))
      #expect(grace.items.isEmpty)
      let total = try #require(try await totals(service, of: "ada")?.elements.first { _ in true })
      #expect(total["revenue"]?["amount"]?.string == "30.00")
      let lines: Int = try await service.database.shared.one("SELECT count(*) FROM base.order_lines")
      #expect(lines == 1)
    }
  }

  @Test func `cancelled and returned orders are no purchases`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      for (number, status) in OrderStatus.allCases.enumerated() {
        _ = try await service.order("\(number)", of: "ada", status: status)
      }
      let total = try #require(try await totals(service, of: "ada")?.elements.first { _ in true })
      #expect(total["orders"]?.integer == 2)
      #expect(total["revenue"]?["amount"]?.string == "20.00")
    }
  }

  @Test func `zero prices, negative quantities and every digit are kept`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let fine = try #require(Amount("0.0000000000000000000000000001"))
      let large = try #require(Amount("12345678901234567890.5"))
      _ = try await service.order("1", of: "ada", quantity: large, price: fine)
      _ = try await service.order("2", of: "ada", quantity: Amount(-3), price: Amount(2))
      _ = try await service.order("3", of: "ada", price: Amount(0))
      let sums: [String] = try await service.database.shared.all(
        "SELECT trim_scale(total)::text FROM base.orders ORDER BY external_id")
      #expect(sums == ["0.00000000123456789012345678905", "-6", "0"])
      #expect(try await CustomerBase.faults(in: service.database.shared) == [])
    }
  }

  @Test func `two rows of one order take effect in their order`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let report = try await service.call(
        "orders.import",
        #"""
        {"source": "shop", "rows": [
          {"externalId": "1", "customer": {"source": "shop", "externalId": "ada"}, "orderedAt": "2025-12-01T00:00:00Z",
            "currency": "EUR", "lines": [{"sku": "A", "quantity": 1, "unitPrice": "1.10"}]},
          {"externalId": "1", "customer": {"source": "shop", "externalId": "ada"}, "orderedAt": "2025-12-01T00:00:00Z",
            "currency": "EUR", "lines": [{"sku": "B", "quantity": "2", "unitPrice": "1.10"}]},
          {"externalId": "2", "customer": {"source": "shop", "externalId": "ada"}, "orderedAt": "2025-12-01T00:00:00Z",
            "currency": "EUR", "lines": [{"sku": "B", "quantity": 1.5, "unitPrice": "1.10"}]}
        ]}
        """#)
      #expect(report["accepted"]?.integer == 1)
      #expect(report["updated"]?.integer == 1)
      #expect(report["rejected"]?.elements.compactMap { $0["index"]?.integer } == [2])
      let skus: [String] = try await service.database.shared.all("SELECT sku FROM base.order_lines")
      #expect(skus == ["B"])
    }
  }
}
