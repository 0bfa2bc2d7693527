import CustomerBase
import JSON
import JSONRPC
import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct ImportProfilesTests {
  private static let rows = #"""
    {"source": "crm", "rows": [
      {"externalId": "1", "traits": {"givenName": "Ada", "size": 1}},
      {"externalId": "2", "identifiers": [{"kind": "email", "value": "x"}]},
      {"externalId": "1", "traits": {"size": 2, "givenName": null}},
      {"externalId": "3", "identifiers": [{"kind": "email", "value": "ada@example.com", "verified": true}]},
      {"externalId": "4", "identifiers": [{"kind": "email", "value": "ada@example.com", "verified": true}]},
      7
    ]}
    """#

  @Test func `each row has its own fate and the fates add up`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let report = try await service.call("profiles.import", Self.rows)
      #expect(report["accepted"]?.integer == 3)
      #expect(report["updated"]?.integer == 1)
      #expect(report["unchanged"]?.integer == 0)
      #expect(report["rejected"]?.elements.compactMap { $0["index"]?.integer } == [1, 5])
      let first = try await service.person("1", source: .crm)
      let view = try await service.call("customers.get", "{\"customer\": \"\(first.customer)\"}")
      #expect(view["traits"]?.elements.map { "\($0["name"]?.string ?? "")\($0["value"]?.integer ?? 0)" } == ["size2"])
      let third = try await service.person("3", source: .crm)
      let fourth = try await service.person("4", source: .crm)
      #expect(third.customer == fourth.customer)
    }
  }

  @Test func `importing again changes nothing`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let rows = Rows([
        ImportedProfile(externalId: ExternalID(fixed: "1"), traits: ["size": RawJSON(wellFormed: "1.50")]),
        ImportedProfile(
          externalId: ExternalID(fixed: "2"),
          identifiers: [Identifier(kind: .phone, value: "+49 170 1234567", verified: true)].compactMap(\.self)),
      ])
      _ = try await service.call(ImportProfiles(source: .crm, rows: rows))
      service.clock.advance(seconds: 60)
      let report = try await service.call(ImportProfiles(source: .crm, rows: rows))
      #expect((report.accepted, report.updated, report.unchanged, report.rejected.count) == (0, 0, 2, 0))
    }
  }

  @Test func `records of which some are known are told from those that are new`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      func rows(_ numbers: some Sequence<Int>) throws -> Rows<ImportedProfile> {
        Rows(
          try numbers.map { number in
            ImportedProfile(
              externalId: try #require(ExternalID("\(number)")),
              identifiers: [Identifier(kind: .user, value: "user \(number % 50)", verified: true)].compactMap(\.self))
          })
      }
      // The first known record comes behind new ones, before them, and alone.
      for (known, given) in [(20..<21, 0..<40), (60..<80, 40..<80), (100..<120, 90..<130)] {
        _ = try await service.call(ImportProfiles(source: .crm, rows: rows(known)))
        let report = try await service.call(ImportProfiles(source: .crm, rows: rows(given.reversed())))
        #expect(report.accepted == given.count - known.count)
        #expect((report.updated, report.unchanged, report.rejected.count) == (0, known.count, 0))
      }
      let customers: Int = try await service.database.shared.one("SELECT count(*) FROM base.customers")
      #expect(customers == 50)
      #expect(try await CustomerBase.faults(in: service.database.shared) == [])
    }
  }

  @Test func `more than a thousand rows are refused with their path`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let rows = Array(repeating: #"{"externalId": "1"}"#, count: 1001).joined(separator: ",")
      let error = try await service.refusal("profiles.import", "{\"source\": \"crm\", \"rows\": [\(rows)]}")
      #expect(error.code == .invalidParams)
      #expect(error.paths == ["/params/rows"])
    }
  }
}
