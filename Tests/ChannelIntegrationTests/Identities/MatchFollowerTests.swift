import CustomerBase
import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct MatchFollowerTests {
  private let ada = [
    "givenName": "ada", "familyName": "lovelace", "dateOfBirth": "1920-01-01", "locality": "winston hills",
    "street": "winston hills road",
  ]

  @Test func `a new profile is compared on arrival, and again when it changes`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      try await service.fill(.shop, with: .small)
      // Nothing is compared before something was learnt.
      try await service.follow(MatchFollower.self)
      #expect(try await service.candidates().isEmpty)
      try await service.trainAndMatch()
      let new = try await service.person("new", ada).profile
      try await service.follow(MatchFollower.self)
      let found = try await service.candidates(ListMatchCandidates(customer: ID(new)))
      #expect(found.contains { $0.a.externalId == "0" })
      #expect(found.allSatisfy { $0.state == .open })
      // What matching everything finds of it is the same.
      _ = try await service.finished(MatchProfiles())
      let again = try await service.candidates(ListMatchCandidates(customer: ID(new)))
      #expect(Set(again.map(\.a.externalId)) == Set(found.map(\.a.externalId)))

      _ = try await service.person(
        "new", ["givenName": "zuse", "familyName": "konrad", "dateOfBirth": "1910-06-22", "street": "elsewhere"])
      try await service.follow(MatchFollower.self)
      #expect(try await service.candidates(ListMatchCandidates(customer: ID(new))).isEmpty)
    }
  }

  @Test func `who arrives while a model is learnt is compared once it is there`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      try await service.fill(.shop, with: .small)
      try await service.follow(MatchFollower.self)
      let job = try await service.call(TrainMatching()).job
      let pool = service.running.pool
      let taken = try #require(try await pool.transaction { try await CustomerBase.begin(job, in: $0) })
      let author = Author(service: "channel-integration", method: "identities.train", actor: "test")
      let run = JobRun(job: taken, now: service.clock.now, pool: pool, ids: service.ids, author: author)
      let outcome = try await TrainMatchingWork(scope: MatchScope([])).run(run)
      // The records are read; now one more comes, and the follower passes by before there is a model.
      let new = try await service.person("new", ada).profile
      _ = try await service.call("jobs.cancel", #"{"job":"\#(job)"}"#)
      try await service.follow(MatchFollower.self)
      #expect(try await service.candidates().isEmpty)

      _ = try await run.write { try await outcome.effect($0) }
      try await service.follow(MatchFollower.self)
      let found = try await service.candidates(ListMatchCandidates(customer: ID(new)))
      #expect(found.contains { $0.a.externalId == "0" })
    }
  }

  @Test func `thousands that arrive after the training are told apart as though they had been there`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let people = Array(try MatchPopulation.febrl("dataset3").people.prefix(2000))
      try await service.fill(.shop, with: MatchPopulation(people: Array(people.prefix(600))))
      _ = try await service.finished(TrainMatching())
      try await service.fill(.shop, with: MatchPopulation(people: Array(people.dropFirst(600))))
      try await service.follow(MatchFollower.self)

      let found = try await service.candidates(ListMatchCandidates(minimumProbability: Probability(0.9)))
      let entities = Dictionary(uniqueKeysWithValues: people.map { ($0.externalId, $0.entity) })
      let right = found.count { entities[$0.a.externalId] == entities[$0.b.externalId] }
      // Pairs of the first six hundred were there before anything followed them.
      let arrived = Dictionary(grouping: people.indices, by: { people[$0].entity }).values.reduce(0) { sum, places in
        let (all, first) = (places.count, places.count { $0 < 600 })
        return sum + (all * (all - 1) - first * (first - 1)) / 2
      }
      #expect(arrived > 500)
      #expect(Double(right) / Double(found.count) > 0.99)
      #expect(Double(right) / Double(arrived) > 0.99)
    }
  }

  @Test func `a source without a model is left alone`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      try await service.fill(.shop, with: .small)
      try await service.trainAndMatch([.shop])
      let new = try await service.person("new", ada, source: .crm).profile
      try await service.follow(MatchFollower.self)
      #expect(try await service.candidates(ListMatchCandidates(customer: ID(new))).isEmpty)
    }
  }

  @Test func `what is likely enough is linked on arrival where the policy says so`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      try await service.fill(.shop, with: .small)
      try await service.trainAndMatch(linkAbove: 0.9)
      let new = try await service.person("new", ada).profile
      try await service.follow(MatchFollower.self)
      let links = try await service.call(ListLinks(customer: ID(new))).items
      #expect(links.contains { $0.evidence == "match" && ($0.a == new || $0.b == new) })
      #expect(try await CustomerBase.faults(in: service.database.shared) == [])
    }
  }
}
