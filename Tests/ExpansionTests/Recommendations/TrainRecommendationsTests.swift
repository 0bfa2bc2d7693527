import Models
import TestSupport
import Testing

@testable import Acquisition
@testable import ChannelIntegration
@testable import Expansion
@testable import Server

struct TrainRecommendationsTests {
  @Test(arguments: [WeightingName.cosine, .tfidf, .bm25])
  func `What is stored is the model itself`(weighting: WeightingName) async throws {
    try await withService(ExpansionService.self) { service in
      try await service.beside(ChannelIntegrationService.self).order(ShopOfTaste.orders())
      let job = try await service.finished(TrainRecommendations(signals: .orders, weighting: weighting))
      let model = ShopOfTaste.model(weighting.weighting)
      let report = try job.result(as: TrainingReport.self)
      #expect(report.customers == ShopOfTaste.customers)
      #expect(report.products == model.items.count)
      for item in model.items {
        let found = try await service.call(SimilarProducts(sku: SKU(normal: item), limit: Limit(50))).items
        let expected = model.similar(to: item, limit: 50)
        #expect(Set(found.map(\.sku)) == Set(expected.map(\.item)))
        for (found, expected) in zip(found, expected) { #expect(abs(found.score - expected.score) < 1e-9) }
      }
    }
  }

  @Test func `Training again replaces what was learnt and leaves nothing behind`() async throws {
    try await withService(ExpansionService.self) { service in
      let shop = try await service.beside(ChannelIntegrationService.self)
      try await shop.order(ShopOfTaste.orders())
      _ = try await service.finished(TrainRecommendations(signals: .orders))
      let middle = try #require(Timestamp("2025-01-20T00:00:00Z"))
      let job = try await service.finished(TrainRecommendations(signals: .orders, before: middle))
      let early = ShopOfTaste.signals.enumerated().filter { $0.offset % 20 < 10 }.map(\.element)
      let report = try job.result(as: TrainingReport.self)
      #expect(report.customers == Set(early.map(\.customer)).count)
      #expect(report.products == Set(early.map(\.item)).count)
      let models: [Int] = try await service.database.shared.all("SELECT count(*) FROM expansion.models")
      #expect(models == [1])
      let orphans: Int = try await service.database.shared.one(
        "SELECT count(DISTINCT n.model) FROM expansion.neighbours n")
      #expect(orphans == 1)
    }
  }

  @Test func `Cancelled and returned orders and lines taken back say nothing`() async throws {
    try await withService(ExpansionService.self) { service in
      let shop = try await service.beside(ChannelIntegrationService.self)
      try await shop.order([
        TestOrder("1", of: "ada", at: "2025-01-01", "5", sku: "tea"),
        TestOrder("2", of: "ada", at: "2025-01-01", "5", sku: "cup", status: .cancelled),
        TestOrder("3", of: "ada", at: "2025-01-01", "5", sku: "plate", status: .returned),
      ])
      let back = OrderLine(sku: SKU(fixed: "pot"), quantity: Amount(-1), unitPrice: Amount(5))
      _ = try await shop.call(
        ImportOrders(
          source: .shop,
          rows: Rows([
            ImportedOrder(
              externalId: ExternalID(fixed: "4"),
              customer: ProfileReference(source: .shop, externalId: ExternalID(fixed: "ada")),
              orderedAt: ExampleData.now, currency: .euro, lines: [back])
          ])))
      let job = try await service.finished(TrainRecommendations(signals: .orders))
      #expect(try job.result(as: TrainingReport.self).products == 1)
    }
  }

  @Test func `Events that name a product are learnt from, whatever else they carry`() async throws {
    try await withService(ExpansionService.self) { service in
      let site = try await service.beside(AcquisitionService.self)
      let endless = String(repeating: "x", count: 9000)
      try await service.followRealTime()
      _ = try await site.call(
        "events.collect",
        """
        {"batch":[
          {"type":"track","event":"Seen","messageId":"1","anonymousId":"a","properties":{"sku":"tea"}},
          {"type":"track","event":"Seen","messageId":"2","anonymousId":"a","properties":{"product_id":"cup"}},
          {"type":"track","event":"Seen","messageId":"3","anonymousId":"b","properties":{"sku":"tea"}},
          {"type":"track","event":"Seen","messageId":"4","anonymousId":"b","properties":{"sku":"cup"}},
          {"type":"track","event":"Seen","messageId":"5","anonymousId":"c","properties":{"sku":"plate"}},
          {"type":"track","event":"Seen","messageId":"6","anonymousId":"c","properties":{"sku":"\(endless)"}},
          {"type":"track","event":"Seen","messageId":"7","anonymousId":"c","properties":{"sku":""}},
          {"type":"track","event":"Seen","messageId":"8","anonymousId":"c"},
          {"type":"page","messageId":"9","anonymousId":"c","properties":{"sku":"page"}}
        ]}
        """)
      let job = try await service.finished(TrainRecommendations(signals: .events, weighting: .cosine))
      let report = try job.result(as: TrainingReport.self)
      #expect(report.customers == 3)
      #expect(report.products == 3)
      let similar = try await service.call(SimilarProducts(sku: SKU(fixed: "tea"), signals: .events)).items
      #expect(similar.map(\.sku) == ["cup"])
      #expect(abs((similar.first?.score ?? 0) - 1) < 1e-9)
    }
  }

  @Test func `Writing needs its scope`() async throws {
    try await withService(ExpansionService.self) { service in
      let train = TrainRecommendations(signals: .orders)
      let reader = Principal.service(scopes: ["recommendations:read"])
      #expect(try await service.refusal(of: train, as: reader)?.type == "forbidden")
      #expect(try await service.refusal(of: train, as: .site)?.type == "forbidden")
      _ = try await service.call(train, as: .service(scopes: ["recommendations:write"]))
    }
  }
}
