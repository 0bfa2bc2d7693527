import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Retention
@testable import Server

struct GetRFMTests {
  // README of the R package rfm 0.3.
  @Test(.enabled(if: DatasetFolders.reference != nil))
  func `The rows that the R package rfm prints come out`() async throws {
    let folder = try #require(DatasetFolders.reference)
    let asOf = try #require(Day("2006-12-31"))
    try await withService(RetentionService.self) { service in
      try await PackageOrders.order(from: folder, service)
      for (name, recency, orders, amount, score, title) in [
        ("Abbey O'Reilly", 205, 6, 472.0, 343, "Potential Loyalist"),
        ("Add Senger", 140, 3, 340, 412, "New Customers"), ("Aden Lesch", 194, 4, 405, 323, "Loyal Customers"),
        ("Aden Murphy", 98, 7, 596, 544, "Potential Loyalist"),
        ("Admiral Senger", 132, 5, 448, 433, "Potential Loyalist"),
      ] {
        let found = try await service.call(GetRFM(customer: try await service.customer(name), asOf: asOf))
        #expect(found.recencyDays == recency)
        #expect(found.frequency == orders)
        #expect(found.monetaryValue == amount)
        #expect(found.recencyScore * 100 + found.frequencyScore * 10 + found.monetaryScore == score)
        #expect(found.title == title)
        #expect(found.asOf == asOf)
      }
    }
  }

  @Test func `Today is the day of the analysis where none is named`() async throws {
    try await withService(RetentionService.self) { service in
      let shop = try await service.beside(ChannelIntegrationService.self)
      let today = service.clock.now.day
      try await shop.order([TestOrder("1", of: "ada", at: "\(today.adding(days: -3))", "10")])
      let found = try await service.call(GetRFM(customer: try await service.customer("ada")))
      #expect(found.asOf == today)
      #expect(found.recencyDays == 3)
    }
  }

  @Test func `Any profile of a customer names them`() async throws {
    try await withService(RetentionService.self) { service in
      let shop = try await service.beside(ChannelIntegrationService.self)
      try await shop.order([
        TestOrder("1", of: "ada", at: "2025-03-01", "10"), TestOrder("2", of: "augusta", at: "2025-03-02", "15"),
      ])
      try await shop.link("ada", "augusta")
      let ada = try await service.call(GetRFM(customer: try await service.customer("ada")))
      let augusta = try await service.call(GetRFM(customer: try await service.customer("augusta")))
      #expect(ada.customer == augusta.customer)
      #expect(augusta.frequency == 2)
      #expect(augusta.monetaryValue == 25)
    }
  }

  @Test func `Who bought nothing has no scores and an unknown customer is not found`() async throws {
    try await withService(RetentionService.self) { service in
      let shop = try await service.beside(ChannelIntegrationService.self)
      try await shop.order([
        TestOrder("1", of: "ada", at: "2025-03-01", "10"),
        TestOrder("2", of: "bob", at: "2025-03-01", "10", status: .cancelled),
      ])
      let bob = try await service.refusal(of: GetRFM(customer: try await service.customer("bob")))
      #expect(bob?.type == "no_purchases")
      let ada = GetRFM(customer: try await service.customer("ada"), asOf: Day("2025-02-28"))
      #expect(try await service.refusal(of: ada)?.type == "no_purchases")
      let nobody = GetRFM(customer: ID(service.ids.make(Profile.self)))
      #expect(try await service.refusal(of: nobody)?.type == "not_found")
      #expect(try await service.refusal(of: ada, as: .site)?.type == "forbidden")
    }
  }
}
