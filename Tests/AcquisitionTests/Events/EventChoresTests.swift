import CustomerBase
import Models
import Postgres
import Testing
import TestSupport

@testable import Acquisition
@testable import ChannelIntegration
@testable import Server

struct EventChoresTests {
  private func collect(_ id: String, _ service: TestService) async throws {
    _ = try await service.call(
      "events.collect", #"{"batch": [{"type": "page", "messageId": "\#(id)", "anonymousId": "v"}]}"#, as: .site)
  }

  private func left(_ service: TestService) async throws -> [String] {
    try await service.database.shared.all("SELECT message_id FROM acquisition.events ORDER BY 1")
  }

  @Test func `events that are older than their rule says are deleted, and no others`() async throws {
    try await withService(AcquisitionService.self) { service in
      let channels = try await service.beside(ChannelIntegrationService.self)
      defer { channels.close() }
      for (id, seconds) in [("a", 0), ("b", 1800), ("c", 1800), ("d", 3 * 3600)] as [(String, Int64)] {
        service.clock.advance(seconds: seconds)
        try await collect(id, service)
      }
      try await service.running.carryOut(ForgetEvents.self)
      #expect(try await left(service).count == 4)
      _ = try await channels.call(SaveRetentionRule(kind: .events, days: 30))
      service.clock.advance(seconds: 30 * 86_400 - 3 * 3600)
      try await service.running.carryOut(ForgetEvents.self)
      // The third is exactly as old as the rule allows.
      #expect(try await left(service) == ["c", "d"])
      service.clock.advance(seconds: 1)
      try await service.running.carryOut(ForgetEvents.self)
      #expect(try await left(service) == ["d"])
      let rule = try await channels.call(ListRetentionRules()).items.first
      #expect(rule?.doneUpTo == service.clock.now.adding(seconds: -30 * 86_400))
    }
  }

  @Test func `what is due is found without reading what is kept`() async throws {
    try await withService(AcquisitionService.self) { service in
      let owner = service.database
      try await owner.execute(
        """
        INSERT INTO acquisition.events (profile, received_at, id, message_id, type, name, occurred_at, entry, body)
        SELECT gen_random_uuid(), date_trunc('month', now()) + make_interval(secs => n), gen_random_uuid(), 'm', 'page', '',
          now(), 1, '{}'
        FROM generate_series(1, 100000) n
        """)
      try await owner.execute("ANALYZE acquisition.events")
      let plan: [String] = try await owner.shared.all(
        """
        EXPLAIN DELETE FROM acquisition.events
        WHERE received_at >= date_trunc('month', now()) + interval '3 hours'
          AND received_at < date_trunc('month', now()) + interval '4 hours'
        """)
      #expect(plan.contains { $0.contains("received_at_idx") }, "\(plan)")
    }
  }
}
