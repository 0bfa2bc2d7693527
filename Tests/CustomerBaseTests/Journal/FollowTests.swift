import CustomerBase
import Logging
import Models
import Postgres
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct FollowTests {
  private static let name = "test"

  private func table(_ pool: PostgresPool) async throws {
    try await pool.execute("CREATE TABLE public.applied (entry bigint NOT NULL)")
  }

  /// Takes what is next and notes it, as a follower's effect would.
  private func step(_ pool: PostgresPool, atMost limit: Int = 3, dying: ((Transaction) async throws -> Void)? = nil)
    async throws -> Int
  {
    try await pool.transaction { transaction in
      let entries = try await CustomerBase.nextEntries(of: Self.name, atMost: limit, in: transaction)
      try await transaction.execute(
        "INSERT INTO public.applied (entry) SELECT unnest(\(entries.map(\.position.id)))")
      try await dying?(transaction)
      return entries.count
    }
  }

  /// How many entries wait: as long as any database of the cluster has an older transaction open, none is taken.
  private func rest(_ pool: PostgresPool) async throws -> Int {
    try await pool.shared.one(
      "SELECT (SELECT count(*) FROM base.journal) - (SELECT count(*) FROM public.applied)")
  }

  private func upsert(_ service: TestService, _ number: Int) async throws {
    _ = try await service.call(
      UpsertProfile(source: .shop, externalId: try #require(ExternalID("\(number)"))))
  }

  private func expectEachOnce(_ pool: PostgresPool) async throws {
    let journal: [Int] = try await pool.shared.all("SELECT id FROM base.journal ORDER BY id")
    let applied: [Int] = try await pool.shared.all("SELECT entry FROM public.applied ORDER BY entry")
    #expect(applied == journal)
  }

  @Test func `a follower killed anywhere applies each entry once`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let pool = service.database
      try await table(pool)
      for number in 0..<20 { try await upsert(service, number) }
      // Killed before the effect.
      await #expect(throws: (any Error).self) {
        try await pool.transaction { transaction in
          _ = try await CustomerBase.nextEntries(of: Self.name, atMost: 3, in: transaction)
          try await terminate(transaction, by: pool)
          try await transaction.execute("INSERT INTO public.applied (entry) VALUES (-1)")
        }
      }
      while true {
        // Killed after the effect, before the commit.
        await #expect(throws: (any Error).self) {
          _ = try await step(pool) { try await terminate($0, by: pool) }
        }
        _ = try await step(pool)
        if try await rest(pool) == 0 { break }
      }
      try await expectEachOnce(pool)
    }
  }

  /// Ends the connection's process, as a crash of either side would.
  private func terminate(_ transaction: Transaction, by pool: PostgresPool) async throws {
    let process: Int = try await transaction.one("SELECT pg_backend_pid()::int8")
    try await pool.shared.execute("SELECT pg_terminate_backend(\(process)::int4)")
    try await transaction.execute("SELECT 1")
  }

  @Test func `an entry committed late is not skipped`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let pool = service.database
      try await table(pool)
      try await pool.transaction { late in
        try await late.execute(
          """
          INSERT INTO base.journal (at, service, method, actor, type, payload, salt, digest)
          VALUES (\(service.clock.now), 'test', 'test', 'test', 'test.late', '{}', '', '')
          """)
        try await upsert(service, 1)
        // What was committed meanwhile waits for it.
        let early = try await step(pool, atMost: 100)
        #expect(early == 0)
      }
      while try await rest(pool) > 0 { _ = try await step(pool, atMost: 100) }
      try await expectEachOnce(pool)
      let types: [String] = try await pool.shared.all(
        "SELECT j.type FROM public.applied a JOIN base.journal j ON j.id = a.entry ORDER BY a.ctid")
      #expect(types.first == "test.late")
    }
  }

  @Test func `what is held back is not looked through`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let pool = service.database
      try await upsert(service, 0)
      try await pool.untilAllCanBeFollowed()
      try await pool.transaction { old in
        try await old.execute("SELECT pg_current_xact_id()")
        for number in 1..<20 { try await upsert(service, number) }
        try await pool.transaction { transaction in
          // So few entries are no reason for an index.
          try await transaction.execute("SET LOCAL enable_seqscan = off")
          let before = try await CustomerBase.nextEntries(of: Self.name, atMost: 100, in: transaction)
          #expect(before.count == 1)
          func found() async throws -> Int {
            try await transaction.one(
              """
              SELECT idx_tup_fetch + seq_tup_read FROM pg_stat_xact_user_tables
              WHERE relid = 'base.journal'::regclass
              """)
          }
          let read = try await found()
          #expect(try await CustomerBase.nextEntries(of: Self.name, atMost: 100, in: transaction).isEmpty)
          #expect(try await found() - read <= 2)
        }
      }
    }
  }

  @Test func `workers share one cursor`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let pool = service.database
      try await table(pool)
      for number in 0..<30 { try await upsert(service, number) }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
          group.addTask {
            while true {
              _ = try await step(pool)
              if try await rest(pool) == 0 { return }
            }
          }
        }
        try await group.waitForAll()
      }
      try await expectEachOnce(pool)
    }
  }

  @Test func `what does not concern a follower is passed over`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let pool = service.database
      for number in 0..<6 { try await upsert(service, number) }
      func next(_ condition: SQL, among lookedAt: Int = 100) async throws -> [Int64] {
        try await pool.transaction { transaction in
          try await CustomerBase.nextEntries(
            of: Self.name, where: condition, atMost: 2, among: lookedAt, in: transaction
          ).map(\.position.id)
        }
      }
      func position() async throws -> Int64? {
        try await pool.shared.first("SELECT id FROM base.followers WHERE name = \(Self.name)")
      }
      let ids: [Int64] = try await pool.shared.all("SELECT id FROM base.journal ORDER BY id")
      try await pool.untilAllCanBeFollowed()
      // So many are looked at and no more.
      #expect(try await next("false", among: 1).isEmpty)
      #expect(try await position() == ids[0])
      let odd: SQL = "j.id % 2 = \(Int(ids[1] % 2))"
      #expect(try await next(odd) == [ids[1], ids[3]])
      // A full portion may not be all: what comes behind it is yet to be looked at.
      #expect(try await position() == ids[3])
      #expect(try await next(odd) == [ids[5]])
      #expect(try await position() == ids[5])
      try await upsert(service, 6)
      try await pool.untilAllCanBeFollowed()
      #expect(try await next("false").isEmpty)
      #expect(try await position() == ids[5] + 1)
      #expect(try await next("true").isEmpty)
    }
  }

  @Test func `a follower is set back, never forward`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let pool = service.database
      for number in 0..<4 { try await upsert(service, number) }
      try await pool.untilAllCanBeFollowed()
      let last = try await CustomerBase.lastSettled(in: pool.shared)
      func rewind(to position: JournalPosition) async throws -> [Int64] {
        try await pool.transaction { transaction in
          let base = CustomerBase(
            database: transaction, now: service.clock.now, ids: service.ids,
            author: Author(service: "channel-integration", method: "test", actor: "test"))
          try await base.rewind(Self.name, to: position)
          return try await CustomerBase.nextEntries(of: Self.name, atMost: 2, in: transaction).map(\.position.id)
        }
      }
      let ids: [Int64] = try await pool.shared.all("SELECT id FROM base.journal ORDER BY id")
      #expect(last.id == ids[3])
      #expect(try await rewind(to: last) == [ids[0], ids[1]])
      #expect(try await rewind(to: last) == [ids[2], ids[3]])
      #expect(try await rewind(to: .start) == [ids[0], ids[1]])
    }
  }
}
