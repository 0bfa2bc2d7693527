import CustomerBase
import JSON
import Models
import Postgres
import Server
import Testing
import TestSupport

@testable import ChannelIntegration

struct AddProfileTests {
  /// What is left of a record, but for its ids and times.
  private struct Traces: Decodable, Equatable {
    var traits: [String]
    var identifiers: [String]
    var journal: [String]
    var links: [String]
  }

  private let identifiers = [
    Identifier(kind: .phone, value: "+491701234567", verified: true),
    Identifier(kind: .email, value: "ada@example.com", verified: false),
    Identifier(kind: .email, value: "ADA@example.com", verified: true),
    Identifier(kind: .email, value: "info@example.com", verified: true),
    Identifier(kind: .email, value: "test@test.com", verified: true),
    Identifier(kind: .anonymous, value: "v-1", verified: true),
    Identifier(kind: .user, value: "u-1", verified: false),
  ].compactMap(\.self)
  private let traits: [String: RawJSON] = [
    "givenName": RawJSON(wellFormed: "\"Ada\""), "size": RawJSON(wellFormed: "4.20"), "gone": .null,
  ]

  private func traces(_ service: TestService, of externalId: String) async throws -> Traces {
    try await service.database.shared.one(
      """
      SELECT
        ARRAY(SELECT t.name || '=' || t.value FROM base.traits t WHERE t.profile = k.profile ORDER BY 1) AS traits,
        ARRAY(SELECT i.kind || ':' || i.value || ' ' || i.verified FROM base.identifiers i
          WHERE i.profile = k.profile ORDER BY 1) AS identifiers,
        ARRAY(SELECT j.type || ' ' || (CASE j.type WHEN 'profile.created' THEN j.payload - 'externalId' END)::text || ' '
            || (j.digest = sha256(j.salt || convert_to(j.payload::text, 'UTF8')))
          FROM base.journal j WHERE j.subject = k.profile AND j.type = 'profile.created') AS journal,
        ARRAY(SELECT l.evidence FROM base.links l WHERE l.b = k.profile OR l.a = k.profile ORDER BY 1) AS links
      FROM base.profile_keys k
      JOIN base.profiles p ON p.id = k.profile AND p.external_id = k.external_id
      JOIN base.members m ON m.profile = p.id
      JOIN base.customers c ON c.id = m.customer
      WHERE k.external_id = \(externalId)
      """)
  }

  @Test func `a new record leaves the same alone as in a batch`() async throws {
    var found: [Traces] = []
    for isAlone in [true, false] {
      try await withService(ChannelIntegrationService.self) { service in
        _ = try await service.call(
          UpsertProfile(source: .crm, externalId: ExternalID(fixed: "old"), identifiers: identifiers))
        if isAlone {
          let made = try await service.call(
            UpsertProfile(
              source: .shop, externalId: ExternalID(fixed: "new"), traits: traits, identifiers: identifiers))
          #expect(made.outcome == .created)
          #expect(made.linked.map(\.evidence) == ["email:ada@example.com", "phone:+491701234567"])
        } else {
          let report = try await service.call(
            ImportProfiles(
              source: .shop,
              rows: Rows([
                ImportedProfile(externalId: ExternalID(fixed: "new"), traits: traits, identifiers: identifiers),
                ImportedProfile(externalId: ExternalID(fixed: "other")),
              ])))
          #expect(report.accepted == 2)
        }
        found.append(try await traces(service, of: "new"))
        #expect(try await CustomerBase.faults(in: service.database.shared) == [])
      }
    }
    #expect(found[0] == found[1])
    #expect(found[0].traits == ["givenName=\"Ada\"", "size=4.20"])
    #expect(found[0].identifiers.count == 6)
    #expect(found[0].journal.count == 1)
    #expect(found[0].links == ["email:ada@example.com", "phone:+491701234567"])
  }

  @Test func `records that come alone and in batches at once with the same values make no deadlock`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let values = (0..<3).compactMap { Identifier(kind: .email, value: "p\($0)@example.com", verified: true) }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<8 {
          let row = ImportedProfile(
            externalId: ExternalID("\(number)") ?? .example,
            identifiers: number.isMultiple(of: 2) ? values : values.reversed())
          group.addTask {
            if number.isMultiple(of: 3) {
              _ = try await service.call(ImportProfiles(source: .shop, rows: Rows([row, row])))
            } else {
              _ = try await service.call(
                UpsertProfile(source: .shop, externalId: row.externalId, identifiers: row.identifiers))
            }
          }
        }
        try await group.waitForAll()
      }
      let counts: [Int] = try await service.database.shared.all(
        "SELECT count(*) FROM base.profiles UNION ALL SELECT count(*) FROM base.customers")
      #expect(counts == [8, 1])
      let deadlocks: Int = try await service.database.shared.one(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
      #expect(deadlocks == 0)
      #expect(try await CustomerBase.faults(in: service.database.shared) == [])
    }
  }
}
