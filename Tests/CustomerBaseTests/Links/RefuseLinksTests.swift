import CustomerBase
import JSON
import Models
import Postgres
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import CustomerBase
@testable import Server

struct RefuseLinksTests {
  private func upsert(
    _ service: TestService, _ source: SourceName, _ id: String, _ addresses: String...
  ) async throws -> UpsertedProfileView {
    let identifiers = addresses.compactMap { Identifier(kind: .email, value: $0, verified: true) }
    return try await service.call(
      UpsertProfile(source: source, externalId: try #require(ExternalID(id)), identifiers: identifiers))
  }

  /// What the journal says was refused, as "reason evidence", under the profile.
  private func written(_ service: TestService, under profile: ID<Profile>) async throws -> [String] {
    try await service.database.shared.all(
      """
      SELECT (j.payload ->> 'reason') || ' ' || (j.payload ->> 'evidence') FROM base.journal j
      WHERE j.type = 'link.refused' AND j.subject = \(profile) ORDER BY j.id
      """)
  }

  @Test func `a refused link is told with its reason, alone and in a batch, and written once`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let addresses = ["info@example.com", "test@test.com", "ada@example.com"]
      let first = try await upsert(service, .crm, "first", addresses[0], addresses[1], addresses[2])
      #expect(first.refused.isEmpty)
      let expected = Set([
        RefusedLink(evidence: "email:info@example.com", with: first.profile, reason: .roleAddress),
        RefusedLink(evidence: "email:test@test.com", with: first.profile, reason: .blocked),
      ])
      let alone = try await upsert(service, .shop, "alone", addresses[0], addresses[1], addresses[2])
      #expect(Set(alone.refused) == expected)
      #expect(alone.linked.map(\.evidence) == ["email:ada@example.com"])
      // Told again it is refused again; the journal has it already.
      let again = try await upsert(service, .shop, "alone", addresses[0], addresses[1])
      #expect(Set(again.refused) == expected)
      #expect(again.outcome == .unchanged)
      #expect(try await written(service, under: alone.profile).count == 2)

      let rows = ["x", "y", "x"].map { id in
        ImportedProfile(
          externalId: ExternalID(normal: id),
          identifiers: addresses.prefix(2).compactMap { Identifier(kind: .email, value: $0, verified: true) })
      }
      let report = try await service.call(ImportProfiles(source: .shop, rows: Rows(rows)))
      #expect(report.accepted == 2 && report.unchanged == 1)
      #expect(report.refused.map(\.externalId.text) == ["x", "x", "y", "y"])
      #expect(Set(report.refused.map(\.reason)) == [.roleAddress, .blocked])
      #expect(Set(report.refused.map(\.with)) == [first.profile])
      #expect(try await CustomerBase.faults(in: service.database.shared) == [])
    }
  }

  @Test func `what a person removed or decided is refused for ever`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let first = try await upsert(service, .shop, "1", "ada@example.com")
      let second = try await upsert(service, .crm, "2", "ada@example.com")
      let link = try await service.call(ListLinks(customer: first.customer)).items[0].link
      _ = try await service.call(UnlinkIdentities(link: link, reason: Reason(fixed: "two people")))
      let removed = try await upsert(service, .crm, "2", "ada@example.com")
      #expect(removed.refused.map(\.reason) == [.removedByHand])
      // The first of the two to tell is refused as well: it is one pair.
      #expect(try await upsert(service, .shop, "1", "ada@example.com").refused.map(\.with) == [second.profile])

      let third = try await upsert(service, .crm, "3")
      _ = try await service.call(
        DecideMatch(a: first.profile, b: third.profile, verdict: .different, reason: Reason(fixed: "asked them")))
      let decided = try await upsert(service, .crm, "3", "ada@example.com")
      #expect(decided.refused.map(\.reason) == [.decidedDifferent])
      #expect(decided.customer == ID(third.profile))
      #expect(try await written(service, under: third.profile) == ["decidedDifferent email:ada@example.com"])
      let timeline = try await service.call(CustomerTimeline(customer: ID(third.profile)))
      #expect(timeline.items.contains { $0.type == "link.refused" })
      // By hand they are one all the same, and then the value has nothing to add.
      _ = try await service.call(
        DecideMatch(a: first.profile, b: third.profile, verdict: .same, reason: Reason(fixed: "asked again")))
      #expect(try await upsert(service, .crm, "3", "ada@example.com").refused.isEmpty)
    }
  }

  @Test func `what was refused with somebody is blank once that one is erased`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let first = try await upsert(service, .shop, "1", "ada@example.com")
      let second = try await upsert(service, .crm, "2")
      _ = try await service.call(
        DecideMatch(a: first.profile, b: second.profile, verdict: .different, reason: Reason(fixed: "asked them")))
      _ = try await upsert(service, .crm, "2", "ada@example.com")
      try await service.database.transaction { transaction in
        _ = try await Eraser(schemas: SuiteDatabase(allServices).schemas.map(\.schema), in: transaction)
          .erase([first.profile], key: nil)
      }
      let told: Int = try await service.database.shared.one(
        "SELECT count(*) FROM base.journal WHERE type = 'link.refused' AND payload IS NOT NULL")
      #expect(told == 0)
      #expect(try await CustomerBase.faults(in: service.database.shared) == [])
    }
  }
}
