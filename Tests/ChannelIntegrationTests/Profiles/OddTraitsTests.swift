import Models
import Postgres
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import CustomerBase
@testable import Matching
@testable import Server

/// Lists from the world hold impossible dates and rubbish.
struct OddTraitsTests {
  private static let rubbish = [
    "\"\"", "\"31.02.1990\"", "\"0000-00-00\"", "\"?\"", "\"🎉\"", "\"\\n\"", "42", "-1e3", "true", "[1, [2]]",
    "{\"a\": {}}",
    "\"\(String(repeating: "x", count: 5000))\"", "\"\\ud83d\\ude00\"", "\"'; DROP TABLE base.traits; --\"",
  ]

  @Test func `no row is refused for a trait, and each is kept as it came`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let names = MatchField.allCases.map(\.rawValue) + ["fullName", "anything else"]
      let rows = Self.rubbish.enumerated().map { number, value in
        ImportedProfile(
          externalId: ExternalID(normal: "\(number)"),
          traits: Dictionary(uniqueKeysWithValues: names.map { ($0, RawJSON(wellFormed: value)) }))
      }
      let report = try await service.call(ImportProfiles(source: .shop, rows: Rows(rows)))
      #expect(report.accepted == Self.rubbish.count && report.rejected.isEmpty)
      let alone = try await service.call(
        UpsertProfile(source: .crm, externalId: .example, traits: rows[1].traits))
      #expect(alone.outcome == .created)
      let kept: Int = try await service.database.shared.one("SELECT count(*) FROM base.traits")
      #expect(kept == names.count * (Self.rubbish.count + 1))
      let dates: [String] = try await service.database.shared.all(
        "SELECT DISTINCT value #>> '{}' FROM base.traits WHERE name = 'dateOfBirth' AND value #>> '{}' LIKE '%1990'")
      #expect(dates == ["31.02.1990"])
      // They are compared as well, and nothing ends by it.
      try await service.trainAndMatch()
    }
  }
}
