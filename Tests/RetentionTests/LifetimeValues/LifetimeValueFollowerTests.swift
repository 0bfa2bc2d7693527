import CustomerBase
import Models
import Postgres
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Retention
@testable import Server

struct LifetimeValueFollowerTests {
  private typealias Figures = [ID<Customer>: [Double]]

  @Test func `The list stays right through links, unlinks and orders in any order`() async throws {
    try await withService(RetentionService.self) { service in
      let shop = try await service.beside(ChannelIntegrationService.self)
      try await shop.order(SeededShop.orders())
      _ = try await service.finished(SeededShop.fit)
      try await service.follow(LifetimeValueFollower.self)
      #expect(try await listed(service) == figures(service))
      var generator = SeededGenerator(seed: 11)
      var links: [ID<Link>] = []
      for step in 0..<40 {
        for change in 0..<Int.random(in: 1...3, using: &generator) {
          // Few enough that customers of many profiles come about.
          let one = Int.random(in: 0..<12, using: &generator)
          let other = (one + Int.random(in: 1..<12, using: &generator)) % 12
          switch Int.random(in: 0..<5, using: &generator) {
          case 0, 1: links.append(try await shop.link("\(one)", "\(other)"))
          case 2 where !links.isEmpty:
            let link = links[Int.random(in: links.indices, using: &generator)]
            links.removeAll { $0 == link }
            try await shop.unlink(link)
          case 3:
            let day = SeededShop.start.adding(days: Int.random(in: 0..<300, using: &generator))
            try await shop.order([TestOrder("\(step)-\(change)", of: "\(one)", at: "\(day)", "12.50")])
          default:
            try await shop.order([TestOrder("\(one)-0", of: "\(one)", at: "2025-01-05", "9", status: .cancelled)])
          }
        }
        try await service.follow(LifetimeValueFollower.self)
        #expect(try await listed(service) == figures(service), "step \(step)")
      }
      for link in Set(links) { try await shop.unlink(link) }
      try await service.follow(LifetimeValueFollower.self)
      #expect(try await listed(service) == figures(service))
    }
  }

  @Test func `Customers who merge while a fit is at work are right when it is done`() async throws {
    try await withService(RetentionService.self) { service in
      let shop = try await service.beside(ChannelIntegrationService.self)
      try await shop.order(SeededShop.orders())
      try await service.follow(LifetimeValueFollower.self)
      let job = try await service.call(SeededShop.fit).job
      let pool = service.running.pool
      let taken = try #require(try await pool.transaction { try await CustomerBase.begin(job, in: $0) })
      let author = Author(service: "retention", method: "clv.fit", actor: "test")
      let run = JobRun(job: taken, now: service.clock.now, pool: pool, ids: service.ids, author: author)
      let outcome = try await FitLifetimeValuesWork(calibrationEnd: SeededShop.calibrationEnd).run(run)
      // The work has read the orders; now they change, and the follower passes by before anything is published.
      _ = try await service.call("jobs.cancel", #"{"job":"\#(job)"}"#)
      try await shop.link("3", "4")
      try await shop.order([TestOrder("new", of: "5", at: "2025-02-03", "30")])
      try await service.follow(LifetimeValueFollower.self)
      #expect(try await listed(service).isEmpty)

      _ = try await run.write { try await outcome.effect($0) }
      try await service.follow(LifetimeValueFollower.self)
      let listed = try await listed(service)
      #expect(listed.count == SeededShop.customers - 1)
      #expect(try await listed == figures(service))
    }
  }

  /// What the list holds.
  private func listed(_ service: TestService) async throws -> Figures {
    let rows = try await service.database.shared.rows(
      "SELECT customer, expected_purchases, expected_value, probability_alive FROM retention.lifetime_values")
    return Dictionary(
      uniqueKeysWithValues: try rows.map { row in
        let (customer, purchases, value, alive) = try row.decode(
          ID<Customer>.self, Double.self, Double.self, Double.self)
        return (customer, [purchases, value, alive])
      })
  }

  /// What it should hold: the model's figures for the customers of now, from the orders of now.
  private func figures(_ service: TestService) async throws -> Figures {
    try await service.database.transaction(.snapshot) { database in
      guard let model = try await PublishedModel.inUse(source: nil, in: database) else { return [:] }
      let purchases = try await customerPurchases(
        source: nil, currency: model.currency, customers: nil, in: database)
      return Dictionary(
        uniqueKeysWithValues: model.values(of: purchases.customers).map { one in
          (one.customer, [one.value.expectedPurchases, one.value.expectedValue, one.value.probabilityAlive])
        })
    }
  }
}
