import CustomerBase
import Foundation
import Models
import Postgres
import TestSupport
import Testing

@testable import Tool

struct DataCheckTests {
  private let noSettings: OperatorSettings

  init() async throws {
    noSettings = try await OperatorSettings(environment: [:])
  }

  @Test func `sound data have no faults, and what cannot be told is told`() async throws {
    try await withStateFolder { state in
      try await withExampleDatabase { database, pool in
        let without = await DataCheck.run(database.text, state, noSettings)
        #expect(without.faults == [])
        #expect(without.notes.count == 1 && without.notes[0].contains("not verifiable"))
        try Keys.makeMissing(in: state)
        let erased: ID<Profile> = try await pool.shared.one("SELECT id FROM base.profiles ORDER BY id LIMIT 1")
        try ErasureLedger(path: state.erasures).append(
          Erasure(
            erasure: ID(high: 1, low: 1), at: Timestamp(secondsSinceEpoch: 0), profiles: [erased], key: "erasure-lost",
            hashes: []))
        let with = await DataCheck.run(database.text, state, noSettings)
        #expect(with.notes.count == 2 && with.notes[0].contains("not verifiable"))
        #expect(with.notes[1].contains("erasure-lost"))
        #expect(with.faults.count == 1 && with.faults[0].contains("\(erased)"))
      }
    }
  }

  @Test func `an index that is not used and a value out of range are faults`() async throws {
    try await withStateFolder { state in
      try await withExampleDatabase { database, pool in
        try await pool.execute(
          "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'base.orders_ordered_at'::regclass")
        try await pool.execute(
          """
          UPDATE retention.lifetime_values SET probability_alive = 2
          WHERE ctid = (SELECT min(ctid) FROM retention.lifetime_values)
          """)
        let found = await DataCheck.run(database.text, state, noSettings)
        #expect(found.faults.count == 2, "\(found.faults)")
        #expect(found.faults.contains { $0.contains("base.orders_ordered_at") })
        #expect(found.faults.contains { $0.contains("lifetime value") })
      }
    }
  }

  @Test func `points that are not the sum of their movements are a fault`() async throws {
    try await withStateFolder { state in
      try await withExampleDatabase { database, pool in
        try await pool.execute("UPDATE retention.point_lots SET remaining = remaining + 1")
        let found = await DataCheck.run(database.text, state, noSettings)
        #expect(found.faults.count == 1 && found.faults[0].contains("101 left; its movements leave 100"))
        try await pool.execute("UPDATE retention.point_lots SET remaining = remaining - 1")
        try await pool.execute(
          """
          INSERT INTO retention.point_entries (id, kind, profile, at, reverses)
          SELECT gen_random_uuid(), 'reversed', e.profile, e.at, e.id FROM retention.point_entries e
          WHERE e.kind = 'earned'
          """)
        let reversed = await DataCheck.run(database.text, state, noSettings)
        #expect(reversed.faults.count == 1 && reversed.faults[0].contains("not the opposite"))
      }
    }
  }

  @Test func `a database of another version is a fault and nothing more is asked`() async throws {
    try await withStateFolder { state in
      try await withExampleDatabase { database, pool in
        try await pool.execute("DELETE FROM public.schema_migrations WHERE schema = 'retention'")
        let found = await DataCheck.run(database.text, state, noSettings)
        #expect(found.faults.count == 1 && found.faults[0].contains("lacks migration"))
      }
    }
  }
}
