import CustomerBase
import JSONRPC
import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct SaveRetentionRuleTests {
  @Test func `a rule takes the place of the one before, and stands in the journal once`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let saved = try await service.call(SaveRetentionRule(kind: .events, days: 400))
      #expect((saved.kind, saved.days, saved.savedAt) == (.events, 400, service.clock.now))
      service.clock.advance(seconds: 60)
      let same = try await service.call(SaveRetentionRule(kind: .events, days: 400))
      #expect(same.savedAt == saved.savedAt)
      let none = try await service.call(SaveRetentionRule(kind: .events))
      #expect((none.days, none.savedAt) == (nil, service.clock.now))
      let entries: [String] = try await service.database.shared.all(
        "SELECT payload ->> 'kind' FROM base.journal WHERE type = 'retentionRule.saved'")
      #expect(entries == ["events", "events"])
    }
  }

  @Test(arguments: [29, 36_501, 0, -1])
  func `days that no rule may have are refused`(days: Int) async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let error = try await service.refusal("retentionRules.save", #"{"kind": "journal", "days": \#(days)}"#)
      #expect(error.paths == ["/params/days"])
    }
  }

  @Test func `a kind that nobody keeps is refused, and so is whoever is not staff`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let error = try await service.refusal("retentionRules.save", #"{"kind": "secrets", "days": 100}"#)
      #expect(error.paths == ["/params/kind"])
      let rule = SaveRetentionRule(kind: .events, days: 100)
      #expect(try await service.refusal(of: rule, as: .site)?.type == "forbidden")
      #expect(try await service.call(ListRetentionRules()).items.isEmpty)
    }
  }
}
