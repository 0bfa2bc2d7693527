import CustomerBase
import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct ListRetentionRulesTests {
  @Test func `rules come by their kinds, with how far they have been carried out`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      #expect(try await service.call(ListRetentionRules()).items.isEmpty)
      for kind in [RetainedKind.journal, .customers, .events] {
        _ = try await service.call(SaveRetentionRule(kind: kind, days: 30))
      }
      let begin = service.clock.now
      var rules = try await service.call(ListRetentionRules()).items
      #expect(rules.map(\.kind) == [.customers, .events, .journal])
      #expect(rules.map(\.doneUpTo) == [nil, begin, begin])

      service.clock.advance(seconds: 31 * 86_400)
      for chore in [ForgetJournal.self, EraseInactive.self] as [any Chore.Type] {
        try await service.running.carryOut(chore)
      }
      rules = try await service.call(ListRetentionRules()).items
      #expect(rules.map(\.doneUpTo) == [service.clock.now, begin, begin.adding(seconds: 86_400)])
    }
  }
}
