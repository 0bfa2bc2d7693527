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
