import Models
import Postgres
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import CustomerBase
@testable import Server

struct ViewOwnFactsTests {
  private func withAda(
    _ body: (TestService, ID<Customer>) async throws -> Void
  ) async throws {
    let house = try await ExampleHouse.shared()
    try await withService(ChannelIntegrationService.self, template: house.template) { service in
      service.clock.advance(seconds: 60)
      let ada = try await service.customer("ada")
      _ = try await service.call(
        UpdateOwnTraits(traits: ["givenName": RawJSON(wellFormed: #""Augusta""#)]), as: .customer(ada))
      try await service.database.connection { connection in
        // A visitor of the house becomes Ada, and so do her events.
        let visitor: ID<Profile> = try await connection.one(
          "SELECT profile FROM base.identifiers WHERE kind = 'anonymous' AND value = 'visitor-1'")
        _ = try await service.call(LinkIdentities(a: ID(ada), b: visitor, reason: Reason(fixed: "a test says so")))
      }
      try await body(service, ada)
    }
  }

  @Test func `a person sees of, for and by them every fact that is stored, each once`() async throws {
    try await withAda { service, ada in
      let seen = try await service.call(ViewOwnFacts(limit: Limit(200)), as: .customer(ada))
      #expect((seen.customer, seen.asOf) == (ada, service.clock.now))
      let lists = [seen.ofMe, seen.forMe, seen.byMe]
      var stored: [String: Int] = [:]
      for list in lists {
        for total in list.totals {
          #expect(list.facts.count { $0.kind == total.kind } == total.total, "\(total.kind)")
          let table = try #require(StoredFacts.all.first { $0.kind == total.kind }).table
          stored[table, default: 0] += total.total
        }
      }
      let profiles = try await service.running.pool.transaction(.snapshot) { transaction in
        try await CustomerBase(
          database: transaction, now: service.clock.now, ids: service.ids,
          author: Author(service: "", method: "", actor: "")
        ).profiles(of: ada)
      }
      #expect(profiles.count == 4)
      let columns = [
        "base.profiles": "id", "base.traits": "profile", "base.identifiers": "profile", "base.links": "a",
        "base.orders": "profile", "acquisition.events": "profile", "base.consents": "profile",
        "retention.lifetime_values": "customer", "retention.point_movements": "profile",
      ]
      for (table, column) in columns {
        let parts = table.split(separator: ".").map { SQL(identifier: String($0)) }
        let count: Int = try await service.database.shared.one(
          "SELECT count(*) FROM \(parts[0]).\(parts[1]) WHERE \(SQL(identifier: column)) = ANY (\(profiles))")
        #expect(stored[table] == count && count > 0, "\(table)")
      }
      #expect(stored["base.purpose_texts"] == 3)
      #expect(stored["base.products"] == 3)
    }
  }

  @Test func `each fact says where it comes from, what for, and how it is corrected`() async throws {
    try await withAda { service, ada in
      let seen = try await service.call(ViewOwnFacts(), as: .customer(ada))
      let own = try #require(seen.byMe.facts.first { $0.kind == .ownTrait })
      #expect((own.name, own.value.text, own.source, own.at) == ("givenName", #""Augusta""#, "self", service.clock.now))
      #expect(own.correctBy == "self.update")
      #expect(seen.ofMe.facts.contains { $0.kind == .trait && $0.source == "newsletter" && $0.name == "language" })
      #expect(!seen.ofMe.facts.contains { $0.kind == .trait && $0.source == "self" })
      #expect(seen.byMe.facts.filter { $0.kind == .consent }.allSatisfy { $0.purpose == "marketing" })
      let methods = Set(ChannelIntegrationService.methods.map { $0.name })
      for fact in seen.ofMe.facts + seen.forMe.facts + seen.byMe.facts {
        #expect(fact.correctBy.map(methods.contains) ?? true)
        let purpose = GetPurpose(key: PurposeKey(normal: fact.purpose))
        #expect(try await service.refusal(of: purpose) == nil, "\(fact.kind) is held for \(fact.purpose)")
      }
      // A page is full of the latest; the totals tell of the others.
      let short = try await service.call(ViewOwnFacts(limit: Limit(1)), as: .customer(ada))
      #expect(short.ofMe.totals.map(\.total) == seen.ofMe.totals.map(\.total))
      let latest = try #require(seen.ofMe.facts.first { $0.kind == .order })
      #expect(short.ofMe.facts.filter { $0.kind == .order }.map(\.at) == [latest.at])
    }
  }

  @Test func `what was learnt of somebody is gone from their own view once they refuse`() async throws {
    try await withAda { service, ada in
      _ = try await service.call(RecordOwnConsent(purpose: .profiling, state: .withdrawn), as: .customer(ada))
      let seen = try await service.call(ViewOwnFacts(), as: .customer(ada))
      #expect(seen.ofMe.totals.first { $0.kind == .lifetimeValue }?.total == 0)
    }
  }
}
