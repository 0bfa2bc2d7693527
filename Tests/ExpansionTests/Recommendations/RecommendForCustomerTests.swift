import Models
import TestSupport
import Testing

@testable import Acquisition
@testable import ChannelIntegration
@testable import Expansion
@testable import Server

struct RecommendForCustomerTests {
  private func withTrainedShop(_ body: (TestService, TestService) async throws -> Void) async throws {
    try await withService(ExpansionService.self) { service in
      let shop = try await service.beside(ChannelIntegrationService.self)
      try await shop.order(ShopOfTaste.orders())
      _ = try await service.finished(TrainRecommendations(signals: .orders))
      try await body(service, shop)
    }
  }

  @Test(arguments: [false, true])
  func `Every customer is answered as by the model itself`(includeBought: Bool) async throws {
    try await withTrainedShop { service, _ in
      let model = ShopOfTaste.model()
      for number in 0..<ShopOfTaste.customers {
        let history = ShopOfTaste.history(number)
        let expected = model.recommend(
          history: history.map { (item: $0.key, weight: $0.value) }, excluding: includeBought ? [] : Set(history.keys),
          limit: 12)
        let items = try await service.call(
          RecommendForCustomer(
            customer: try await service.customer("\(number)"), limit: Limit(12), includeBought: includeBought)
        ).items
        #expect(items.count == expected.count)
        for (found, expected) in zip(items, expected) {
          #expect(abs(found.score - expected.score) < 1e-9)
          #expect(found.basis == expected.basis.rawValue)
          #expect(found.reasons.count == expected.reasons.count)
          #expect(found.reasons.allSatisfy { history[$0.sku] != nil })
        }
        if !includeBought { #expect(items.allSatisfy { history[$0.sku] == nil }) }
      }
    }
  }

  @Test func `Who has bought nothing is told what is popular`() async throws {
    try await withTrainedShop { service, shop in
      _ = try await shop.call(UpsertProfile(source: .shop, externalId: ExternalID(fixed: "new")))
      let items = try await service.call(
        RecommendForCustomer(customer: try await service.customer("new"))
      ).items
      let popular = ShopOfTaste.model().popularity.prefix(10)
      #expect(items.map(\.sku) == popular.map(\.item))
      #expect(items.map(\.score) == popular.map { Double($0.customers) })
      #expect(items.allSatisfy { $0.basis == "popularity" && $0.reasons.isEmpty })
    }
  }

  @Test func `What any profile of the customer bought is left out, also since the training`() async throws {
    try await withTrainedShop { service, shop in
      let ada = RecommendForCustomer(customer: try await service.customer("0"), limit: Limit(200))
      let first = try #require(try await service.call(ada).items.first).sku
      try await shop.order([TestOrder("later", of: "other", at: "2025-03-01", "5", sku: first)])
      #expect(try await service.call(ada).items.contains { $0.sku == first })
      try await shop.link("0", "other")
      #expect(try await !service.call(ada).items.contains { $0.sku == first })
    }
  }

  @Test func `Models of events serve where none of orders is there`() async throws {
    try await withService(ExpansionService.self) { service in
      let site = try await service.beside(AcquisitionService.self)
      try await service.followRealTime()
      _ = try await site.call(
        "events.collect",
        """
        {"batch":[
          {"type":"track","event":"Seen","messageId":"1","userId":"a","properties":{"sku":"tea"}},
          {"type":"track","event":"Seen","messageId":"2","userId":"a","properties":{"sku":"cup"}},
          {"type":"track","event":"Seen","messageId":"3","userId":"b","properties":{"sku":"tea"}}
        ]}
        """)
      _ = try await service.finished(TrainRecommendations(signals: .events, weighting: .cosine))
      let customer: ID<Customer> = try await service.database.shared.one(
        "SELECT profile FROM base.identifiers WHERE kind = 'user' AND value = 'b'")
      // Seen is not bought: it may be recommended, but what goes with it comes first.
      let items = try await service.call(RecommendForCustomer(customer: customer)).items
      #expect(items.map(\.sku) == ["cup", "tea"])
      #expect(items.first?.reasons.map(\.sku) == ["tea"])
      let orders = try await service.refusal(of: RecommendForCustomer(customer: customer, signals: .orders))
      #expect(orders?.type == "not_found")
    }
  }

  @Test func `Customers see their own and nobody else's`() async throws {
    try await withTrainedShop { service, _ in
      let (own, other) = (try await service.customer("0"), try await service.customer("1"))
      let ada = Principal.customer(own)
      #expect(try await service.refusal(of: RecommendForCustomer(customer: own), as: ada) == nil)
      let refusal = try await service.refusal(of: RecommendForCustomer(customer: other), as: ada)
      #expect(refusal?.type == "not_found")
      let nobody = RecommendForCustomer(customer: ID(service.ids.make(Profile.self)))
      #expect(try await service.refusal(of: nobody, as: ada) == refusal)
      #expect(try await service.refusal(of: nobody)?.detail == "customer")
      #expect(try await service.refusal(of: RecommendForCustomer(customer: own), as: .site)?.type == "forbidden")
    }
  }

  @Test func `Without a model there is nothing to recommend`() async throws {
    try await withService(ExpansionService.self) { service in
      try await service.beside(ChannelIntegrationService.self).order([TestOrder("1", of: "ada", at: "2025-01-01", "5")])
      let refusal = try await service.refusal(of: RecommendForCustomer(customer: try await service.customer("ada")))
      #expect(refusal?.type == "not_found")
      #expect(refusal?.detail.hasPrefix("model") == true)
    }
  }
}
