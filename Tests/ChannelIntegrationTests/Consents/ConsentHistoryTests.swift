import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct ConsentHistoryTests {
  @Test func `every record of every profile is listed once, latest first`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let first = try await service.person("1", email: "ada@example.com")
      let second = try await service.person("2", email: "ada@example.com")
      for number in 0..<7 {
        if number % 3 == 0 { service.clock.advance(seconds: 1) }
        _ = try await service.call(
          RecordConsent(
            customer: ID(number % 2 == 0 ? first.profile : second.profile), purpose: "marketing",
            state: .granted, basis: Reason(fixed: "consent"), evidence: RawJSON(wellFormed: "{\"n\":\(number)}")))
      }
      let records = try await service.everyPage { cursor in
        try await service.call(ConsentHistory(customer: first.customer, limit: Limit(2), cursor: cursor))
      }
      #expect(Set(records.map(\.consent)).count == 7)
      #expect(records.map(\.recordedAt) == records.map(\.recordedAt).sorted(by: >))
    }
  }
}
