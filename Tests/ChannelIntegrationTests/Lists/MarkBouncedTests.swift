import Models
import Postgres
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct MarkBouncedTests {
  @Test func `a bounce is kept once, under every profile of the address`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada", email: "ada@example.com")
      let again = try await service.person("again", email: "ada@example.com")
      let bounce = MarkBounced(email: try #require(EmailAddress("Ada@example.com")), at: service.clock.now, kind: .hard)
      #expect(try await service.call(bounce).profiles == [ada.profile, again.profile].sorted())
      _ = try await service.call(bounce)
      let entries: Int = try await service.database.shared.one(
        "SELECT count(*) FROM base.journal WHERE type = 'address.bounced'")
      #expect(entries == 2)
    }
  }

  @Test func `three times for a while count as once for good`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      _ = try await service.person("ada", email: "ada@example.com")
      let email = try #require(EmailAddress("ada@example.com"))
      for (day, expected) in [(1, 0), (2, 0), (3, 1)] {
        let at = service.clock.now.adding(seconds: -86_400 * Int64(day))
        _ = try await service.call(MarkBounced(email: email, at: at, kind: .soft))
        let report = try await service.call(ReportList())
        #expect(report.problems.first { $0.problem == .bounced }?.entries == expected)
      }
    }
  }

  @Test func `nobody's address and a time to come are refused`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let nobody = try await service.refusal(
        "addresses.markBounced", #"{"email": "nobody@example.com", "at": "2026-01-01T00:00:00Z", "kind": "hard"}"#)
      #expect(nobody.code.rawValue == -32004)
      let future = try await service.refusal(
        "addresses.markBounced", #"{"email": "nobody@example.com", "at": "2036-01-01T00:00:00Z", "kind": "hard"}"#)
      #expect(future.paths == ["/params/at"])
    }
  }
}
