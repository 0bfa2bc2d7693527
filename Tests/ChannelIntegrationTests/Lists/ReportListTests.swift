import Models
import Postgres
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

/// A list in which every entry but one has another problem.
func fillList(_ service: TestService) async throws {
  let start = service.clock.now
  _ = try await service.person("old", email: "old@example.com", source: .crm)
  service.clock.advance(seconds: 400 * 86_400)
  _ = try await service.person("role", email: "info+x@example.com", source: .crm)
  _ = try await service.person("short", email: "ada@mailinator.com", source: .crm)
  _ = try await service.person("none", ["email": "ada at example"], source: .crm)
  _ = try await service.person("fine", ["email": "fine@example.com"], email: "fine@example.com", source: .crm)
  _ = try await service.person("again", email: "fine@example.com", source: .crm)
  _ = try await service.person("gone", email: "gone@example.com", source: .crm)
  let out = try await service.person("out", email: "out@example.com", source: .crm)
  _ = try await service.person("elsewhere", email: "support@example.com")
  for state in [ConsentDecision.granted, .withdrawn] {
    service.clock.advance(seconds: 1)
    _ = try await service.call(
      RecordConsent(customer: out.customer, purpose: "marketing", state: state, basis: Reason(fixed: "consent")))
  }
  for (email, kind) in [("gone@example.com", BounceKind.hard), ("fine@example.com", .soft)] {
    _ = try await service.call(MarkBounced(email: try #require(EmailAddress(email)), at: start, kind: kind))
  }
}

struct ReportListTests {
  @Test func `each problem is counted`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      try await fillList(service)
      let report = try await service.call(ReportList(source: .crm))
      #expect((report.entries, report.sound) == (8, 1))
      #expect(report.problems.map(\.problem) == AddressProblem.allCases)
      #expect(report.problems.map(\.entries) == [1, 1, 1, 1, 1, 1, 1])
      #expect(report.problems.map(\.share) == Array(repeating: 0.125, count: 7))
      let all = try await service.call(ReportList(dormantDays: 500))
      #expect(all.entries == 9)
      #expect(all.problems.map(\.entries) == [1, 2, 1, 1, 0, 1, 1])
    }
  }

  @Test func `who has done something is not dormant, and no list has no shares`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      #expect(try await service.call(ReportList()).problems.map(\.share) == Array(repeating: 0, count: 7))
      _ = try await service.person("old", email: "old@example.com")
      service.clock.advance(seconds: 400 * 86_400)
      _ = try await service.order("1", of: "old")
      #expect(try await service.call(ReportList()).sound == 1)
      let error = try await service.refusal("lists.report", #"{"dormantDays": 0}"#)
      #expect(error.paths == ["/params/dormantDays"])
    }
  }
}
