import Models
import Postgres
import Testing
import TestSupport

@testable import Acquisition
@testable import Server

struct StoreEventsTests {
  @Test func `events of a month without a partition are kept and move into it`() async throws {
    try await withService(AcquisitionService.self) { service in
      let owner = service.database
      try await owner.execute(
        "ALTER TABLE acquisition.events DETACH PARTITION \(try await partition(service, monthsAhead: 1))")
      try await owner.execute("DROP TABLE \(try await partition(service, monthsAhead: 1))")
      try await owner.execute(
        """
        INSERT INTO acquisition.events (profile, received_at, id, message_id, type, name, occurred_at, entry, body)
        VALUES (gen_random_uuid(), date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + interval '40 days',
          gen_random_uuid(), 'm', 'track', 'a', now(), 1, '{}')
        """)
      let rest: Int = try await owner.shared.one("SELECT count(*) FROM acquisition.events_rest")
      #expect(rest == 1)
      try await service.running.calls.pool.execute("SELECT acquisition.ensure_partitions()")
      let month = try await partition(service, monthsAhead: 1)
      let moved: Int = try await owner.shared.one("SELECT count(*) FROM \(month)")
      let left: Int = try await owner.shared.one("SELECT count(*) FROM acquisition.events_rest")
      #expect((moved, left) == (1, 0))
    }
  }

  @Test func `events bear the journal entry of the call that brought them`() async throws {
    try await withService(AcquisitionService.self) { service in
      for call in 0..<2 {
        let events = (0..<3).map {
          "{\"type\": \"page\", \"messageId\": \"\(call)-\($0 * call)\", \"anonymousId\": \"v\"}"
        }
        _ = try await service.call("events.collect", "{\"batch\": [\(events.joined(separator: ","))]}", as: .site)
      }
      let told: [String] = try await service.database.shared.all(
        """
        SELECT (j.payload ->> 'events') || ' ' || count(e.id) FROM base.journal j
        LEFT JOIN acquisition.events e ON e.entry = j.id
        WHERE j.type = 'events.collected' GROUP BY j.id, j.payload ORDER BY j.id
        """)
      #expect(told == ["1 1", "3 3"])
    }
  }

  @Test func `of known visitors what came before is left out, and what is new is stored once`() async throws {
    try await withService(AcquisitionService.self) { service in
      func collect(_ numbers: [Int]) async throws -> (accepted: Int, duplicates: Int) {
        let events = numbers.map { #"{"type": "page", "messageId": "m-\#($0)", "anonymousId": "v-\#($0 % 2)"}"# }
        let report = try await service.call("events.collect", #"{"batch": [\#(events.joined(separator: ","))]}"#)
          .decode(CollectedEvents.self)
        return (report.accepted, report.duplicates)
      }
      // The visitors are new, then known; then ids come again: the first, the last, all of them, and beside new ones.
      let batches = [[1, 2], [3, 4], [4, 5, 6], [6, 3], [7, 1], [8, 9], [3, 4]]
      var stored: Set<Int> = []
      for batch in batches {
        let new = Set(batch).subtracting(stored)
        #expect(try await collect(batch) == (new.count, batch.count - new.count), "\(batch)")
        stored.formUnion(new)
        let kept: [String] = try await service.database.shared.all(
          "SELECT message_id FROM acquisition.events ORDER BY message_id")
        #expect(kept == stored.sorted().map { "m-\($0)" }, "\(batch)")
      }
      let entries: [Int] = try await service.database.shared.all(
        "SELECT (payload ->> 'events')::int8 FROM base.journal WHERE type = 'events.collected' ORDER BY id")
      #expect(entries == [2, 2, 2, 1, 2])
    }
  }

  private func partition(_ service: TestService, monthsAhead: Int) async throws -> SQL {
    let name: String = try await service.database.shared.one(
      """
      SELECT to_char(date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => \(monthsAhead)::int4),
        '"events_"YYYY_MM')
      """)
    return "acquisition.\(SQL(identifier: name))"
  }
}
