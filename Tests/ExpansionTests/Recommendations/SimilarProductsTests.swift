import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Expansion
@testable import Server

struct SimilarProductsTests {
  @Test func `The best come first and no more than asked for`() async throws {
    try await withService(ExpansionService.self) { service in
      try await service.beside(ChannelIntegrationService.self).order(ShopOfTaste.orders())
      _ = try await service.finished(TrainRecommendations(signals: .orders))
      let tea = SKU(fixed: "tea-1")
      let items = try await service.call(SimilarProducts(sku: tea)).items
      let expected = ShopOfTaste.model().similar(to: tea.text, limit: 10)
      #expect(items.count == expected.count)
      #expect(items.map(\.score) == items.map(\.score).sorted(by: >))
      #expect(!items.contains { $0.sku == tea.text })
      for (found, expected) in zip(items, expected) { #expect(abs(found.score - expected.score) < 1e-9) }
      let two = try await service.call(SimilarProducts(sku: tea, limit: Limit(2))).items
      #expect(two.map(\.sku) == items.prefix(2).map(\.sku))
      #expect(try await service.call(SimilarProducts(sku: SKU(fixed: "unheard-of"))).items.isEmpty)
    }
  }

  @Test func `Without a model nothing is found and reading needs its scope`() async throws {
    try await withService(ExpansionService.self) { service in
      let similar = SimilarProducts(sku: SKU(fixed: "tea"))
      let refusal = try await service.refusal(of: similar)
      #expect(refusal?.type == "not_found")
      #expect(refusal?.detail.hasPrefix("model") == true)
      #expect(try await service.refusal(of: similar, as: .service(scopes: ["clv:read"]))?.type == "forbidden")
      #expect(try await service.refusal(of: similar, as: .site)?.type == "forbidden")
      let reader = Principal.service(scopes: ["recommendations:read"])
      #expect(try await service.refusal(of: similar, as: reader)?.type == "not_found")
    }
  }
}
