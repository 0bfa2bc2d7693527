import CustomerBase
import JSONRPC
import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct DecideMatchTests {
  @Test func `one person's profiles are linked, two people's are parted for ever`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      try await service.fill(.shop, with: .small)
      try await service.trainAndMatch()
      let pair = try #require(try await service.candidates().first)
      func decide(_ verdict: MatchVerdict) async throws -> DecidedMatch {
        try await service.call(
          DecideMatch(
            a: pair.b.profile, b: pair.a.profile, verdict: verdict, reason: Reason(fixed: "asked them")))
      }
      func state() async throws -> MatchState? {
        try await service.candidates(ListMatchCandidates(customer: ID(pair.a.profile)))
          .first { $0.a.profile == pair.a.profile && $0.b.profile == pair.b.profile }?.state
      }
      let same = try await decide(.same)
      #expect(same.a == same.b)
      #expect(try await state() == .same)
      let different = try await decide(.different)
      #expect(different.a != different.b)
      #expect(try await state() == .different)
      // Not even a policy that links nearly everything brings them together again.
      try await service.trainAndMatch(linkAbove: 0.5)
      #expect(try await state() == .different)
      let a = try await service.call(GetCustomer(customer: ID(pair.a.profile)))
      let b = try await service.call(GetCustomer(customer: ID(pair.b.profile)))
      #expect(a.json != b.json)
      #expect(try await CustomerBase.faults(in: service.database.shared) == [])
    }
  }

  @Test func `a decision is told under both profiles, once, without its reason`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let a = try await service.person("1").profile
      let b = try await service.person("2").profile
      for _ in 0..<2 {
        _ = try await service.call(DecideMatch(a: a, b: b, verdict: .different, reason: Reason(fixed: "canary")))
      }
      let entries: [String] = try await service.database.shared.all(
        "SELECT payload::text FROM base.journal WHERE type = 'match.decided'")
      #expect(entries.count == 2)
      #expect(entries.allSatisfy { !$0.contains("canary") })
    }
  }

  @Test func `a profile is not decided about with itself or with one that is not there`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let a = try await service.person("1").profile
      let rest = #""verdict": "same", "reason": "x""#
      let itself = try await service.refusal("identities.decide", "{\"a\": \"\(a)\", \"b\": \"\(a)\", \(rest)}")
      #expect(itself.paths == ["/params/b"])
      let nobody = ID<Profile>(high: 1, low: 1)
      let missing = try await service.refusal("identities.decide", "{\"a\": \"\(a)\", \"b\": \"\(nobody)\", \(rest)}")
      #expect(missing.code == .notFound)
      let other = try await service.refusal(
        "identities.decide", "{\"a\": \"\(a)\", \"b\": \"\(nobody)\", \"verdict\": \"perhaps\", \"reason\": \"x\"}")
      #expect(other.paths == ["/params/verdict"])
    }
  }
}
