import CustomerBase
import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct ListMatchCandidatesTests {
  @Test func `pages have every pair once, likeliest first, and say why`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      try await service.fill(.shop, with: .small)
      let report = try await service.trainAndMatch()
      let paged = try await service.everyPage { cursor in
        try await service.call(ListMatchCandidates(limit: Limit(7), cursor: cursor))
      }
      #expect(paged.count == report.candidates)
      #expect(Set(paged.map { [$0.a.profile, $0.b.profile] }).count == paged.count)
      for (one, next) in zip(paged, paged.dropFirst()) { #expect(one.probability >= next.probability) }
      for pair in paged {
        #expect(pair.a.profile < pair.b.profile)
        #expect(pair.fields.contains { $0.weight > 0 })
        #expect((0.5...1).contains(pair.probability))
      }
      let first = try #require(paged.first)
      let externalIds = try await service.database.shared.all(
        "SELECT external_id FROM base.profiles WHERE id = \(first.a.profile)", as: String.self)
      #expect(externalIds == [first.a.externalId])
    }
  }

  @Test func `filters are by customer, by probability and by state`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      try await service.fill(.shop, with: .small)
      try await service.trainAndMatch()
      let all = try await service.candidates()
      let pair = try #require(all.first)
      for profile in [pair.a.profile, pair.b.profile] {
        let own = try await service.candidates(ListMatchCandidates(customer: ID(profile)))
        #expect(!own.isEmpty && own.allSatisfy { $0.a.profile == profile || $0.b.profile == profile })
      }
      let middle = all[all.count / 2].probability
      let likely = try await service.candidates(ListMatchCandidates(minimumProbability: Probability(middle)))
      #expect(likely.count == all.count { $0.probability >= middle })
      _ = try await service.call(
        LinkIdentities(a: pair.a.profile, b: pair.b.profile, reason: Reason(fixed: "same number")))
      let linked = try await service.candidates(ListMatchCandidates(state: .linked))
      #expect(linked.map(\.a.profile) == [pair.a.profile])
      let open = try await service.candidates(ListMatchCandidates(state: .open))
      let weak = try await service.candidates(ListMatchCandidates(state: .weakChain))
      #expect(open.count + weak.count == all.count - 1)
    }
  }

  @Test func `nobody's candidates and another list's cursor are refused`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let customer = ID<Customer>(high: 1, low: 1)
      let nobody = try await service.refusal("identities.candidates", "{\"customer\": \"\(customer)\"}")
      #expect(nobody.code == .notFound)
      try await service.fill(.shop, with: .small)
      try await service.trainAndMatch()
      let cursor = try #require(try await service.call(ListMatchCandidates(limit: Limit(1))).nextCursor)
      let wrong = try await service.refusal("identities.candidates", "{\"state\": \"open\", \"cursor\": \"\(cursor)\"}")
      #expect(wrong.paths == ["/params/cursor"])
    }
  }
}
