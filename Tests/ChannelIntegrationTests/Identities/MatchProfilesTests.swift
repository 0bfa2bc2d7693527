import CustomerBase
import Models
import Postgres
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct MatchProfilesTests {
  @Test func `Febrl's first list is told apart as by nobody better`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let population = try MatchPopulation.febrl("dataset1")
      try await service.fill(.shop, with: population)
      let report = try await service.trainAndMatch([.shop])
      let entities = Dictionary(uniqueKeysWithValues: population.people.map { ($0.externalId, $0.entity) })
      let found = try await service.candidates(
        ListMatchCandidates(sources: [.shop], minimumProbability: Probability(0.9)))
      let right = found.count { entities[$0.a.externalId] == entities[$0.b.externalId] }
      // 500 pairs; the better of the packages misses one and a half in a thousand.
      #expect(2 * Double(right) / Double(found.count + 500) >= 0.999)
      #expect(report.groups == 500)
    }
  }

  @Test func `between two sources, pairs are of the one and the other`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let people = MatchPopulation.small.people
      try await service.fill(.shop, with: MatchPopulation(people: people.filter { !$0.externalId.hasSuffix("again") }))
      try await service.fill(.crm, with: MatchPopulation(people: people.filter { $0.externalId.hasSuffix("again") }))
      try await service.trainAndMatch([.shop, .crm])
      let found = try await service.candidates()
      #expect(found.count >= 48)
      #expect(found.allSatisfy { $0.a.source != $0.b.source })
      let right = found.count { $0.a.externalId.split(separator: "-")[0] == $0.b.externalId.split(separator: "-")[0] }
      #expect(Double(right) / Double(found.count) > 0.95)
      // The one source alone has nobody twice.
      #expect(try await service.candidates(ListMatchCandidates(sources: [.shop])).isEmpty)
    }
  }

  @Test func `matching again finds the same and leaves nothing behind`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      try await service.fill(.shop, with: .small)
      try await service.trainAndMatch()
      let before = try await service.candidates().map(\.probability)
      let strict = try await service.finished(MatchProfiles(minimumProbability: Probability(0.99)))
      #expect(strict.state == .succeeded)
      #expect(try await service.candidates().allSatisfy { $0.probability >= 0.99 })
      _ = try await service.finished(MatchProfiles())
      #expect(try await service.candidates().map(\.probability) == before)
    }
  }

  @Test func `without a model there is nothing to match by`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let refused = try await service.refusal("identities.match", #"{"sources": ["shop"]}"#)
      #expect(refused.code == .notFound)
    }
  }

  @Test func `nothing is linked unless the policy says so, and a link that was removed stays removed`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      try await service.fill(.shop, with: .small)
      #expect(try await service.trainAndMatch().linked == 0)
      let links: Int = try await service.database.shared.one("SELECT count(*) FROM base.links")
      #expect(links == 0)
      // The follower links too, whatever it has not read by then.
      try await service.follow(MatchFollower.self)
      let report = try await service.trainAndMatch(linkAbove: 0.9)
      #expect(report.linked > 40)
      let pair = try #require(try await service.candidates(ListMatchCandidates(state: .linked)).first)
      let link = try #require(
        try await service.call(ListLinks(customer: ID(pair.a.profile))).items.first { $0.evidence == "match" })
      _ = try await service.call(UnlinkIdentities(link: link.link, reason: Reason(fixed: "two people")))
      #expect(try await service.trainAndMatch(linkAbove: 0.9).linked == 0)
      #expect(try await CustomerBase.faults(in: service.database.shared) == [])
    }
  }

  @Test func `whoever was erased is in no pair any more`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      try await service.fill(.shop, with: .small)
      try await service.trainAndMatch()
      let pair = try #require(try await service.candidates().first)
      _ = try await service.call(
        DecideMatch(a: pair.a.profile, b: pair.b.profile, verdict: .different, reason: Reason(fixed: "canary")))
      try await service.database.transaction { transaction in
        _ = try await Eraser(schemas: SuiteDatabase(allServices).schemas.map(\.schema), in: transaction)
          .erase([pair.a.profile], key: nil)
      }
      for table in ["match_candidates", "match_decisions"] {
        let left: Int = try await service.database.shared.one(
          "SELECT count(*) FROM base.\(SQL(identifier: table)) WHERE a = \(pair.a.profile) OR b = \(pair.a.profile)")
        #expect(left == 0, "\(table)")
      }
      let keys: Int = try await service.database.shared.one(
        "SELECT count(*) FROM base.match_keys WHERE profile = \(pair.a.profile)")
      #expect(keys == 0)
      try await service.trainAndMatch()
      #expect(try await service.candidates().allSatisfy { $0.a.profile != pair.a.profile })
      #expect(try await CustomerBase.faults(in: service.database.shared) == [])
    }
  }
}
