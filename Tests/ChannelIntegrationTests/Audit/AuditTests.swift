import CustomerBase
import Models
import Postgres
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct AuditTests {
  /// Chains all that was written, as one batch.
  private func chain(_ service: TestService) async throws {
    try await service.database.untilAllCanBeFollowed()
    try await service.running.settle()
    #expect(try await isChained(service))
  }

  /// The customer base as a follower has it that chains under these keys.
  private func base(_ transaction: Transaction, of service: TestService, under keys: [AuditKey]) -> CustomerBase {
    CustomerBase(
      database: transaction, now: service.clock.now, ids: service.ids,
      author: Author(service: "channel-integration", method: "test", actor: "test"),
      privacy: PrivacyMeans(auditKeys: keys))
  }

  private func isChained(_ service: TestService) async throws -> Bool {
    try await service.database.shared.one(
      """
      SELECT (SELECT max(id) FROM base.audit_chain) IS NOT DISTINCT FROM (SELECT max(id) FROM base.journal)
      """)
  }

  /// What the check says of a journal of several batches in which somebody has changed something, and the id that is named.
  private func faultsFound(
    after change: @Sendable (TestService) async throws -> Void
  ) async throws -> [String] {
    try await withService(ChannelIntegrationService.self) { service in
      for batch in 0..<3 {
        for number in 0..<4 { _ = try await service.person("p-\(batch)-\(number)") }
        try await chain(service)
      }
      #expect(try await CustomerBase.auditCheck([.test]).faults(service.database.shared) == [])
      try await change(service)
      return try await CustomerBase.auditCheck([.test]).faults(service.database.shared)
    }
  }

  private static let changes: [(SQL, String, String)] = [
    ("UPDATE base.journal SET actor = 'somebody else' WHERE id IN (6, 9)", "6", "changed"),
    ("UPDATE base.journal SET at = at + interval '1 second' WHERE id = 2", "2", "changed"),
    ("UPDATE base.journal SET digest = sha256('') WHERE id = 12", "12", "changed"),
    ("DELETE FROM base.journal WHERE id IN (4, 11)", "4", "missing"),
    ("DELETE FROM base.journal WHERE id = 12", "12", "missing"),
    (
      "UPDATE base.journal SET transaction = (SELECT transaction FROM base.journal WHERE id = 8) WHERE id = 7", "7",
      "changed"
    ),
    (
      "UPDATE base.journal SET transaction = (SELECT transaction FROM base.journal WHERE id = 6) WHERE id = 7", "7",
      "changed"
    ),
    (
      """
      INSERT INTO base.journal (epoch, transaction, id, at, service, method, actor, type, digest)
      OVERRIDING SYSTEM VALUE SELECT epoch, transaction, 99, at, service, method, actor, type, digest
      FROM base.journal WHERE id = 5
      """, "99", "added"
    ),
  ]

  @Test(arguments: changes)
  func `the first entry that somebody changed is named`(change: SQL, id: String, word: String) async throws {
    let faults = try await faultsFound { service in
      _ = try await service.database.execute(change)
    }
    let fault = try #require(faults.first)
    #expect(faults.count == 1 && fault.contains(id) && fault.contains(word), "\(faults)")
  }

  @Test func `an end that was cut off is missed, and a chain that was written anew does not hold`() async throws {
    let cut = try await faultsFound { service in
      _ = try await service.database.execute(
        """
        WITH gone AS (
          DELETE FROM base.audit_chain c WHERE c.id = (SELECT max(id) FROM base.audit_chain) RETURNING c.id
        )
        DELETE FROM base.journal WHERE id > (SELECT max(c.id) FROM base.audit_chain c, gone WHERE c.id < gone.id)
        """)
    }
    #expect(cut.count == 1 && cut.first?.contains("its end was removed") == true, "\(cut)")
    let forged = try await faultsFound { service in
      _ = try await service.database.execute("UPDATE base.audit_chain SET hmac = sha256('') WHERE id = 4")
    }
    #expect(forged.count == 1, "\(forged)")
  }

  @Test func `the last batch is found without reading those before`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      for number in 0..<3 {
        _ = try await service.person("p-\(number)")
        try await chain(service)
      }
      let read: Int = try await service.database.transaction { transaction in
        let base = base(transaction, of: service, under: [.test])
        let entries = try await CustomerBase.nextEntries(
          of: "test", atMost: 100, as: AuditedEntry.self, in: transaction)
        #expect(!entries.isEmpty)
        // PostgreSQL counts on until a connection has told what it did, which may be transactions later.
        func read() async throws -> Int {
          try await transaction.one(
            "SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'audit_chain'")
        }
        let before = try await read()
        try await base.chain(entries)
        return try await read() - before
      }
      #expect(read == 0)
    }
  }

  @Test func `keys may change, and what was chained under one that is missing is passed over`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let other = AuditKey(secret: "another key of audit for tests")
      _ = try await service.person("first")
      try await chain(service)
      _ = try await service.person("second")
      let pool = service.running.calls.pool
      while try await !isChained(service) {
        try await pool.transaction { transaction in
          try await base(transaction, of: service, under: [other]).chain(
            try await CustomerBase.nextEntries(
              of: CustomerBase.auditFollower, atMost: 10, as: AuditedEntry.self, in: transaction))
        }
      }
      _ = try await service.person("third")
      try await chain(service)
      let database = service.database.shared
      #expect(try await CustomerBase.auditKeyIDs(in: database).count == 2)
      #expect(try await CustomerBase.auditCheck([.test, other]).faults(database) == [])
      #expect(try await CustomerBase.auditCheck([.test]).faults(database) == [])
      #expect(try await CustomerBase.auditCheck([]).faults(database) == [])
      try await service.database.execute("UPDATE base.journal SET actor = 'x' WHERE id = 3")
      #expect(try await CustomerBase.auditCheck([other]).faults(database) == [])
      #expect(try await CustomerBase.auditCheck([.test]).faults(database).count == 1)
    }
  }

  @Test func `what was passed over without a key is chained with what comes next`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let pool = service.running.calls.pool
      for number in 0..<4 { _ = try await service.person("p-\(number)") }
      try await pool.untilAllCanBeFollowed()
      try await pool.transaction { transaction in
        let entries = try await CustomerBase.nextEntries(
          of: CustomerBase.auditFollower, atMost: 3, as: AuditedEntry.self, in: transaction)
        #expect(entries.count == 3)
        try await base(transaction, of: service, under: []).chain(entries)
      }
      func chained() async throws -> Int {
        try await service.database.shared.one(
          "SELECT COALESCE(sum(octet_length(marks)) / 16, 0) FROM base.audit_chain")
      }
      #expect(try await chained() == 0)
      try await chain(service)
      #expect(try await chained() == 4)
      #expect(try await CustomerBase.auditCheck([.test]).faults(service.database.shared) == [])
      // Read once more, the same entries are left alone.
      try await pool.transaction { transaction in
        try await base(transaction, of: service, under: [.test]).chain(
          try await CustomerBase.nextEntries(of: "test", atMost: 100, as: AuditedEntry.self, in: transaction))
      }
      #expect(try await chained() == 4)
    }
  }
}
