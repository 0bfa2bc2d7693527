import CustomerBase
import JSON
import JSONRPC
import Models
import Postgres
import Testing
import TestSupport

@testable import Acquisition
@testable import ChannelIntegration
@testable import Server

struct EraseCustomerTests {
  /// Ada with an address, an order, a consent and a visit under her user id; and Grace, who has nothing to do with her.
  private func ada(_ service: TestService) async throws -> UpsertedProfileView {
    try await service.followRealTime()
    let ada = try await service.call(
      UpsertProfile(
        source: .shop, externalId: ExternalID(fixed: "ada"),
        traits: ["givenName": RawJSON(wellFormed: "\"canary\"")],
        identifiers: [
          Identifier(kind: .email, value: "canary@example.com", verified: true),
          Identifier(kind: .user, value: "canary-user", verified: true),
        ].compactMap(\.self)))
    _ = try await service.person("grace", ["givenName": "Grace"], email: "grace@example.com")
    _ = try await service.order("canary-order", of: "ada")
    _ = try await service.call(
      "consents.record",
      #"{"customer": "\#(ada.customer)", "purpose": "marketing", "state": "granted", "basis": "canary-basis"}"#)
    let acquisition = try await service.beside(AcquisitionService.self)
    defer { acquisition.close() }
    _ = try await acquisition.call("events.collect", Self.events("before"), as: .site)
    try await service.running.settle()
    return ada
  }

  private static func events(_ mark: String) -> String {
    #"""
    {"batch": [{"type": "identify", "messageId": "\#(mark)-1", "anonymousId": "canary-visitor", "userId": "canary-user"},
    {"type": "track", "event": "Seen", "messageId": "\#(mark)-2", "anonymousId": "canary-visitor"},
    {"type": "track", "event": "Bought", "messageId": "\#(mark)-3", "userId": "canary-user"},
    {"type": "track", "event": "Seen", "messageId": "\#(mark)-4", "anonymousId": "somebody-else"}]}
    """#
  }

  /// Tables with a row that says what only Ada would.
  private func canaries(_ service: TestService) async throws -> [String] {
    let tables = try await service.database.shared.rows(
      """
      SELECT n.nspname::text, c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND n.nspname = ANY (\(SuiteDatabase(allServices).schemas.map(\.schema)))
      """)
    var found: [String] = []
    for row in tables {
      let (schema, name) = try row.decode(String.self, String.self)
      let table: SQL = "\(SQL(identifier: schema)).\(SQL(identifier: name))"
      let isThere: Bool = try await service.database.shared.one(
        "SELECT EXISTS (SELECT FROM \(table) AS t WHERE t::text LIKE '%canary%')")
      if isThere { found.append("\(schema).\(name)") }
    }
    return found.sorted()
  }

  @Test func `a customer is gone from every table, in the ledger before it counts, and the data are sound`()
    async throws
  {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await ada(service)
      let planted = try await canaries(service)
      for table in ["base.identifiers", "base.journal", "base.order_keys", "base.orders", "base.traits"] {
        #expect(planted.contains(table))
      }
      #expect(planted.contains { $0.hasPrefix("acquisition.events") })

      let rehearsal = try await service.call(EraseCustomer(customer: ada.customer, dryRun: true))
      #expect(rehearsal.isRehearsal && rehearsal.certificate == nil)
      #expect(try await canaries(service) == planted)
      let ledger = try #require(service.running.calls.privacy.ledger)
      #expect(try ledger.erasures() == [])

      let erased = try await service.call(EraseCustomer(customer: ada.customer, reason: .consentWithdrawn))
      #expect(erased.tables == rehearsal.tables)
      #expect(try await canaries(service) == [])
      func row(_ table: String) -> ErasedTable? { erased.tables.first { $0.table == table } }
      #expect(row("acquisition.events")?.removed == 3)
      #expect(row("base.traits")?.removed == 1)
      #expect(row("base.orders") == ErasedTable(table: "base.orders", removed: 0, blanked: 1, kept: 0))
      #expect(row("base.order_lines")?.kept == 1)
      let total: Int = try await service.database.shared.one("SELECT sum(total)::int8 FROM base.orders")
      #expect(total == 10)

      let certificate = try #require(erased.certificate)
      #expect(certificate.profiles == 2 && certificate.reason == .consentWithdrawn)
      let lines = try ledger.erasures()
      #expect(lines.count == 1 && ID(lines[0].erasure) == certificate.certificate)
      #expect(
        lines[0].profiles.contains(ada.profile) && lines[0].key == ErasureKey.test.id && lines[0].hashes.count > 3)

      try await service.running.settle()
      #expect(try await CustomerBase.faults(in: service.database.shared) == [])
      #expect(try await CustomerBase.auditCheck([.test]).faults(service.database.shared) == [])
      // Again: what has come since would go.
      let again = try await service.call(EraseCustomer(customer: ada.customer))
      #expect(again.tables.allSatisfy { $0.removed == 0 })
    }
  }

  @Test func `nobody comes back by an import, an order, an event or a link`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await ada(service)
      let kept = UpsertProfile(source: .shop, externalId: ExternalID(fixed: "ada"), traits: [:])
      _ = try await service.call(kept, as: .staff, key: "kept")
      let grace: ID<Profile> = try await service.database.shared.one(
        "SELECT id FROM base.profiles WHERE external_id = 'grace'")
      _ = try await service.call(EraseCustomer(customer: ada.customer))
      let profiles: Int = try await service.database.shared.one("SELECT count(*) FROM base.profiles")

      #expect(try await service.refusal(of: kept)?.type == "erased")
      await #expect(throws: RPCError.self) { _ = try await service.call(kept, as: .staff, key: "kept") }
      let imported = try await service.call(
        "profiles.import",
        #"{"source": "shop", "rows": [{"externalId": "new"}, {"externalId": "ada"}, {"externalId": ""}]}"#
      ).decode(ImportReport.self)
      #expect(imported.accepted == 1)
      #expect(imported.rejected.map(\.index) == [1, 2] && imported.rejected[0].type == "erased")
      // By whose it is, and by its own id under somebody else.
      for (order, customer) in [("another", "ada"), ("canary-order", "grace")] {
        let report = try await service.order(order, of: customer)
        #expect(report.rejected.map(\.type) == ["erased"])
      }
      let acquisition = try await service.beside(AcquisitionService.self)
      defer { acquisition.close() }
      let late = try await acquisition.call("events.collect", Self.events("late"), as: .site)
        .decode(CollectedEvents.self)
      #expect(late.accepted == 1 && late.duplicates == 0)
      #expect(late.rejected.map(\.index) == [0, 1, 2] && Set(late.rejected.map(\.type)) == ["erased"])

      let gone = ada.profile
      for (method, params) in [
        ("identities.link", #"{"a": "\#(gone)", "b": "\#(grace)", "reason": "x"}"#),
        ("identities.decide", #"{"a": "\#(gone)", "b": "\#(grace)", "verdict": "same", "reason": "x"}"#),
        ("consents.record", #"{"customer": "\#(gone)", "purpose": "marketing", "state": "granted", "basis": "x"}"#),
      ] {
        #expect(try await service.refusal(of: method, params)?.type == "erased", "\(method)")
      }
      #expect(try await canaries(service) == [])
      // One for the new row, one for the visitor who is somebody else.
      let now: Int = try await service.database.shared.one("SELECT count(*) FROM base.profiles")
      #expect(now == profiles + 1)

      // Of their own will, under a new record: an address alone refuses nobody.
      let back = try await service.person("ada-again", email: "canary@example.com")
      #expect(back.outcome == .created && back.customer != ada.customer)
    }
  }

  @Test func `staff and integrations erase, and nobody else does`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await ada(service)
      let method = EraseCustomer(customer: ada.customer, dryRun: true)
      for principal in [Principal.customer(ada.customer), .site, .service(scopes: ["privacy:read"])] {
        #expect(try await service.refusal(of: method, as: principal)?.type == "forbidden")
      }
      _ = try await service.call(method, as: .service(scopes: ["privacy:write"]))
      let nobody = EraseCustomer(customer: ID(high: 1, low: 1))
      #expect(try await service.refusal(of: nobody)?.type == "not_found")
    }
  }

  @Test func `erasures and writers of one person wait for each other, and the person is gone at the end`() async throws
  {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await ada(service)
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<20 {
          group.addTask {
            if number % 5 == 0 {
              _ = try? await service.call(EraseCustomer(customer: ada.customer))
            } else {
              _ = try? await service.person("ada", ["note": "canary \(number)"], email: "canary@example.com")
            }
          }
        }
      }
      #expect(try await canaries(service) == [])
      #expect(try await CustomerBase.faults(in: service.database.shared) == [])
    }
  }
}
