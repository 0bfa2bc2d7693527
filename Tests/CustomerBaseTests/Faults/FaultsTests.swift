import Models
import Postgres
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import CustomerBase
@testable import Server

struct FaultsTests {
  private struct Undo: Error {}

  /// What a superuser may do to the data behind their constraints, and a word of the sentence that tells of it.
  private static let damages: [(SQL, String)] = [
    ("UPDATE base.orders SET total = total + 1 WHERE ctid = (SELECT min(ctid) FROM base.orders)", "sum of its lines"),
    ("DELETE FROM base.order_lines WHERE ctid = (SELECT min(ctid) FROM base.order_lines)", "sum of its lines"),
    ("DELETE FROM base.order_keys WHERE ctid = (SELECT min(ctid) FROM base.order_keys)", "not found by its source"),
    ("UPDATE base.profile_keys SET external_id = 'x' WHERE external_id = 'ada'", "not found by its source"),
    ("UPDATE base.members SET customer = (SELECT max(customer::text)::uuid FROM base.members)", "than its links say"),
    ("DELETE FROM base.members WHERE ctid = (SELECT min(ctid) FROM base.members)", "than its links say"),
    ("INSERT INTO base.customers (id) VALUES (gen_random_uuid())", "list of customers"),
    ("UPDATE base.links SET removed_at = now() WHERE removed_at IS NULL", "than its links say"),
    (
      """
      INSERT INTO base.links (id, a, b, evidence, created_at, created_by)
      SELECT gen_random_uuid(), b, a, evidence, now(), 'x' FROM base.links WHERE removed_at IS NULL LIMIT 1
      """, "linked twice"
    ),
    ("DELETE FROM base.identifier_values WHERE value = 'ada@example.com'", "no row to lock"),
    ("UPDATE base.epochs SET system_identifier = 1", "began in another cluster"),
    ("ALTER TABLE base.journal ALTER COLUMN epoch SET DEFAULT 9", "go to epoch 9"),
    ("UPDATE base.journal SET epoch = 7 WHERE ctid = (SELECT min(ctid) FROM base.journal)", "7, which never began"),
    (
      "UPDATE base.journal SET transaction = '9999999999' WHERE ctid = (SELECT min(ctid) FROM base.journal)",
      "has not begun"
    ),
    ("SELECT setval('base.journal_id_seq', 1)", "was given already"),
    (
      "UPDATE base.journal SET payload = '{}' WHERE ctid = (SELECT min(ctid) FROM base.journal)",
      "does not fit its digest"
    ),
    (
      "UPDATE base.journal SET payload = NULL, salt = NULL WHERE ctid = (SELECT min(ctid) FROM base.journal)",
      "is blank"
    ),
    ("UPDATE base.followers SET epoch = epoch + 1", "beyond the end of the journal"),
    ("UPDATE base.answers SET answer = '{'", "is no JSON"),
    ("UPDATE base.answers SET request = '\\x00'", "no digest of its call"),
    ("UPDATE base.answers SET created_at = now() + interval '2 days'", "of the future"),
    ("UPDATE base.answers SET profiles = ARRAY[gen_random_uuid()]", "names profile"),
    ("UPDATE base.jobs SET profiles = ARRAY[gen_random_uuid()]", "names profile"),
    ("UPDATE base.jobs SET finished_at = NULL WHERE state = 'succeeded'", "without the time of its end"),
    ("UPDATE base.profiles SET erased_at = now() WHERE external_id = 'ada'", "still holds what is personal"),
  ]

  @Test func `each damage is told in a sentence, and sound data have none`() async throws {
    let house = try await ExampleHouse.shared()
    try await withService(ChannelIntegrationService.self, template: house.template) { service in
      _ = try await service.respond(
        to: UpsertProfile(source: .crm, externalId: ExternalID(fixed: "answered")), as: .staff, key: "kept")
      let owner = service.database
      #expect(try await CustomerBase.faults(in: owner.shared) == [])
      for (damage, expected) in Self.damages {
        var faults: [String] = []
        do {
          try await owner.transaction(statementTimeout: .seconds(60)) { transaction in
            try await transaction.execute("SELECT set_config('session_replication_role', 'replica', true)")
            // A unique index keeps links from being there twice, until it is damaged.
            if expected == "linked twice" { try await transaction.execute("DROP INDEX base.links_active_key") }
            try await transaction.execute(damage)
            faults = try await CustomerBase.faults(in: transaction)
            throw Undo()
          }
        } catch is Undo {}
        #expect(faults.contains { $0.contains(expected) }, "\(damage): \(faults)")
        #expect(faults.allSatisfy { $0.hasSuffix(".") }, "\(faults)")
      }
      // A sequence does not go back with its transaction.
      try await owner.execute("SELECT setval('base.journal_id_seq', (SELECT max(id) FROM base.journal))")
      #expect(try await CustomerBase.faults(in: owner.shared) == [])
    }
  }
}
