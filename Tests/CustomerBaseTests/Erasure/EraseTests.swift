import Models
import Postgres
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import CustomerBase
@testable import Server

struct EraseTests {
  private static let schemas = SuiteDatabase(allServices).schemas.map(\.schema)
  private static let key = ErasureKey(id: "erasure-0123456789abcdef", secret: Array("secret".utf8))

  /// Text that never says anything of a person, with what it is. Everything else is handled by `erase`.
  private static let neverPersonal: [String: String] = [
    "acquisition.event_ids.message_id": "a number that the sender's library draws",
    "base.audit_chain.key": "the id of a key",
    "base.answers.key": "a number that the caller draws", "base.answers.principal": "whose token called",
    "base.blocked_values.blocked_by": "whose token called", "base.blocked_values.kind": "a kind of identifier",
    "base.blocked_values.reason": "why a value identifies nobody",
    "base.blocked_values.value": "a value that identifies nobody", "base.consents.channel": "a channel",
    "base.consents.purpose": "a purpose", "base.consents.state": "granted or withdrawn",
    "base.erased_values.key": "the id of a key", "base.followers.name": "part of the program",
    "base.jobs.actor": "whose token called", "base.jobs.name": "part of the program",
    "base.jobs.service": "part of the program", "base.jobs.state": "part of the program",
    "base.journal.actor": "whose token called", "base.journal.method": "part of the program",
    "base.journal.service": "part of the program", "base.journal.type": "part of the program",
    "base.links.created_by": "whose token called", "base.links.removed_by": "whose token called",
    "base.match_candidates.fields": "levels of agreement and their weights",
    "base.match_candidates.scope": "names of systems", "base.match_decisions.decided_by": "whose token called",
    "base.match_decisions.verdict": "same or different", "base.match_models.parameters": "probabilities of levels",
    "base.match_models.scope": "names of systems", "base.match_models.sources": "names of systems",
    "base.match_terms.field": "part of the program", "base.match_terms.scope": "names of systems",
    "base.order_keys.source": "the name of a system", "base.order_lines.sku": "an article",
    "base.orders.currency": "a currency", "base.orders.source": "the name of a system",
    "base.orders.status": "part of the program", "base.products.attributes": "an article",
    "base.products.category": "an article", "base.products.currency": "an article", "base.products.name": "an article",
    "base.products.sku": "an article", "base.profile_keys.source": "the name of a system",
    "base.profiles.source": "the name of a system", "base.purpose_texts.purpose": "a purpose",
    "base.purpose_texts.texts": "what everybody is told of a purpose", "base.purposes.basis": "a legal basis",
    "base.purposes.key": "a purpose", "base.retention_rules.kind": "part of the program",
    "base.retention_rules.saved_by": "whose token called", "base.segments.key": "a group's name",
    "base.segments.rule": "what staff look for in anybody", "base.segments.saved_by": "whose token called",
    "base.segment_members.segment": "a group's name", "base.segment_rechecks.segment": "a group's name",
    "base.trait_policies.rule": "part of the program", "base.trait_policies.saved_by": "whose token called",
    "base.trait_policies.sources": "names of systems", "base.trait_policies.trait": "the name of a trait",
    "expansion.models.signals": "part of the program",
    "channel_integration.bounces.kind": "part of the program",
    "channel_integration.disposable_domains.domain": "a provider of addresses",
    "channel_integration.exports.owner": "whose token called", "channel_integration.files.kind": "part of the program",
    "channel_integration.imports.owner": "whose token called",
    "channel_integration.imports.state": "places, counts, and names of columns",
    "channel_integration.sign_ins.token_id": "a number that the tool draws",
    "expansion.neighbours.neighbour": "an article", "expansion.neighbours.sku": "an article",
    "expansion.popular_items.sku": "an article", "retention.lifetime_models.currency": "a currency",
    "retention.lifetime_models.source": "the name of a system", "retention.point_entries.kind": "part of the program",
  ]

  private struct Column: Decodable {
    var schema: String
    var table: String
    var column: String
    var isText: Bool

    var name: String { "\(schema).\(table).\(column)" }
    var tableSQL: SQL { "\(SQL(identifier: schema)).\(SQL(identifier: table))" }
  }

  /// Every column of text or JSON; a table in partitions counts once.
  private func columns(_ database: any Database) async throws -> [Column] {
    try await database.all(
      """
      SELECT n.nspname::text AS schema, c.relname::text AS table, a.attname::text AS column,
        format_type(a.atttypid, a.atttypmod) = 'text' AS is_text
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname = ANY (\(Self.schemas))
        AND a.attnum > 0 AND NOT a.attisdropped
        AND format_type(a.atttypid, a.atttypmod) ~ '^(text|jsonb?|character|name|xml|hstore)'
      ORDER BY 1, 2, 3
      """)
  }

  @Test func `each schema has its function, with the owner's rights, a fixed path, and for one service`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      for schema in Self.schemas {
        let isThere: Bool = try await service.database.shared.one(
          """
          SELECT EXISTS (
            SELECT FROM pg_proc p
            WHERE p.pronamespace = \(schema)::text::regnamespace AND p.proname = 'erase' AND p.prosecdef
              AND p.proargtypes::text = 'uuid[]'::regtype::oid::text
              AND p.proconfig = ARRAY['search_path=pg_catalog, pg_temp']
              AND NOT EXISTS (
                SELECT FROM aclexplode(p.proacl) a
                WHERE a.grantee <> p.proowner AND a.grantee <> 'channel_integration'::regrole)
              AND p.proacl IS NOT NULL)
          """)
        #expect(isThere, "\(schema)")
      }
    }
  }

  @Test func `nothing personal is left in any column of any table`() async throws {
    let house = try await ExampleHouse.shared()
    try await withService(ChannelIntegrationService.self, template: house.template) { service in
      _ = try await service.respond(
        to: UpsertProfile(source: .crm, externalId: ExternalID(fixed: "answered")), as: .staff, key: "kept")
      let owner = service.database
      let all = try await columns(owner.shared)
      #expect(Set(Self.neverPersonal.keys).subtracting(all.map(\.name)).isEmpty, "these are not there any more")
      try await owner.transaction(statementTimeout: .seconds(60)) { transaction in
        try await plant(all.filter { Self.neverPersonal[$0.name] == nil }, transaction)
      }
      let profiles: [ID<Profile>] = try await owner.shared.all("SELECT id FROM base.profiles")
      try await owner.transaction(statementTimeout: .seconds(60)) { transaction in
        let hashes = try await Eraser(schemas: Self.schemas, in: transaction).erase(profiles, key: Self.key)
        #expect(hashes.count > profiles.count)
      }
      for (table, columns) in Dictionary(grouping: all, by: { "\($0.schema).\($0.table)" }) {
        guard let name = columns.first?.tableSQL else { continue }
        let left: Int = try await owner.shared.one(
          "SELECT count(*) FROM \(name) AS t WHERE t::text LIKE '%canary%'")
        #expect(left == 0, "\(table)")
      }
      #expect(try await CustomerBase.faults(in: owner.shared).filter { !$0.contains("digest") } == [])
      let orders: Int = try await owner.shared.one("SELECT count(*) FROM base.orders WHERE total > 0")
      #expect(orders > 100)
    }
  }

  /// Writes something to be recognised by into every row's column, and keeps what must agree in agreement.
  private func plant(_ columns: [Column], _ transaction: Transaction) async throws {
    try await transaction.execute("SELECT set_config('session_replication_role', 'replica', true)")
    let everybody: SQL = "(SELECT array_agg(id) FROM base.profiles)"
    try await transaction.execute("UPDATE base.jobs SET profiles = \(everybody)")
    for column in columns {
      let canary: SQL = "'canary-' || gen_random_uuid()"
      let value: SQL = column.isText ? canary : "to_jsonb(\(canary))"
      // Entries about many tell numbers only.
      let rows: SQL = column.name == "base.journal.payload" ? "WHERE subject IS NOT NULL" : ""
      let planted = try await transaction.execute(
        "UPDATE \(column.tableSQL) SET \(SQL(identifier: column.column)) = \(value) \(rows)")
      #expect(planted > 0, "\(column.name) has no rows: the example house needs some, or list it as never personal")
    }
    try await transaction.execute("DELETE FROM base.profile_keys")
    try await transaction.execute(
      "INSERT INTO base.profile_keys (source, external_id, profile) SELECT source, external_id, id FROM base.profiles")
    try await transaction.execute("DELETE FROM base.order_keys")
    try await transaction.execute(
      """
      INSERT INTO base.order_keys (source, external_id, profile, order_id)
      SELECT source, external_id, profile, id FROM base.orders
      """)
    try await transaction.execute("DELETE FROM base.identifier_values")
    try await transaction.execute(
      "INSERT INTO base.identifier_values (kind, value) SELECT DISTINCT kind, value FROM base.identifiers")
  }

  @Test func `whoever was erased is recognised by hashes, which the key alone makes, and others keep everything`()
    async throws
  {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.call(upsert("ada", email: "ada@example.com"))
      let grace = try await service.call(upsert("grace", email: "grace@example.com"))
      let before = try await view(of: grace.profile, service)
      let owner = service.database
      let hashes = try await owner.transaction { transaction in
        try await Eraser(schemas: Self.schemas, in: transaction).erase([ada.profile], key: Self.key)
      }
      let expected: Set<ErasedValue> = [
        .profile(source: "crm", externalId: "ada"), .identifier(kind: "email", value: "ada@example.com"),
      ]
      #expect(Set(hashes) == Set(expected.map(Self.key.hash)))
      let other = ErasureKey(id: "other", secret: [1])
      #expect(!hashes.contains(other.hash(.profile(source: "crm", externalId: "ada"))))
      let name: String = try await owner.shared.one("SELECT external_id FROM base.profiles WHERE id = \(ada.profile)")
      let hash = Self.key.hash(.profile(source: "crm", externalId: "ada")).hexadecimal
      #expect(name == "erased:\(Self.key.id):\(hash)")
      let isKeyed: Bool = try await owner.shared.one(
        "SELECT EXISTS (SELECT FROM base.profile_keys WHERE external_id = \(name) AND profile = \(ada.profile))")
      #expect(isKeyed)
      #expect(try await view(of: grace.profile, service) == before)
      #expect(try await CustomerBase.faults(in: owner.shared) == [])

      // Once more changes nothing, with or without the key.
      let again = try await owner.transaction { transaction in
        try await Eraser(schemas: Self.schemas, in: transaction).erase([ada.profile], key: nil)
      }
      #expect(again == [])
      let later: String = try await owner.shared.one("SELECT external_id FROM base.profiles WHERE id = \(ada.profile)")
      #expect(later == name)
    }
  }

  @Test func `a ledger is applied to those who are there, and its hashes are kept of all`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.call(upsert("ada", email: "ada@example.com"))
      let elsewhere = ID<Profile>(high: 7, low: 7)
      let ledger = [
        Erasure(
          erasure: ID(high: 1, low: 1), at: service.clock.now, profiles: [ada.profile, elsewhere], key: Self.key.id,
          hashes: [[1, 2, 3]]),
        Erasure(erasure: ID(high: 1, low: 2), at: service.clock.now, profiles: [elsewhere], key: nil, hashes: []),
      ]
      for expected in [1, 0] {
        let erased = try await service.database.transaction { transaction in
          try await Eraser(schemas: Self.schemas, in: transaction).apply(ledger, keys: [Self.key])
        }
        #expect(erased == expected)
      }
      let kept: Int = try await service.database.shared.one("SELECT count(*) FROM base.erased_values")
      #expect(kept == 3)
    }
  }

  private func upsert(_ externalId: StaticString, email: String) -> UpsertProfile {
    UpsertProfile(
      source: .crm, externalId: ExternalID(fixed: externalId),
      identifiers: [Identifier(kind: .email, value: email, verified: true)].compactMap(\.self))
  }

  private func view(of profile: ID<Profile>, _ service: TestService) async throws -> [UInt8] {
    try await service.respond(to: GetCustomer(customer: ID(profile)), as: .staff).json
  }
}
