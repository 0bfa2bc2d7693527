import JSON
import Models
import Postgres
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct ImportProductsTests {
  @Test func `products are merged, and the same again changes nothing`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let tea = Product(
        sku: SKU(fixed: "TEA"), name: "Tea", category: "Drinks", price: Money(amount: Amount(7), currency: .euro))
      let renamed = Product(sku: SKU(fixed: "TEA"), name: "Assam")
      let first = try await service.call(ImportProducts(rows: Rows([tea])))
      #expect(first.accepted == 1)
      let second = try await service.call(ImportProducts(rows: Rows([tea])))
      #expect(second.unchanged == 1)
      let third = try await service.call(ImportProducts(rows: Rows([renamed, renamed])))
      #expect((third.updated, third.unchanged) == (1, 1))
      let category: String = try await service.database.shared.one("SELECT category FROM base.products")
      #expect(category == "Drinks")
    }
  }

  @Test func `a product without a name is rejected by itself`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let report = try await service.call(
        "products.import", #"{"rows": [{"sku": "A", "name": ""}, {"sku": "B", "name": "b"}, {"sku": "C"}]}"#)
      #expect(report["accepted"]?.integer == 1)
      #expect(report["rejected"]?.elements.compactMap { $0["index"]?.integer } == [0, 2])
    }
  }
}
