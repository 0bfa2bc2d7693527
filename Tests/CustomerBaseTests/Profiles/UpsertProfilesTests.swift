import CustomerBase
import JSONRPC
import Models
import Postgres
import Server
import Testing
import TestSupport

@testable import ChannelIntegration

struct UpsertProfilesTests {
  @Test func `a hundred upserts of one identity at once make one profile`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let outcomes = try await withThrowingTaskGroup(of: UpsertedProfileView.self) { group in
        for number in 0..<100 {
          group.addTask {
            let upsert = UpsertProfile(
              source: .shop, externalId: ExternalID(fixed: "1"),
              traits: ["t\(number)": RawJSON(wellFormed: "\(number)")],
              identifiers: [Identifier(kind: .email, value: "ada@example.com", verified: true)].compactMap(\.self))
            while true {
              do {
                return try await service.call(upsert)
              } catch let error as RPCError where error.code == .unavailable {
                // No connection became free in time: nothing was done, and the caller is told to try again.
              }
            }
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(Set(outcomes.map(\.profile)).count == 1)
      #expect(outcomes.count { $0.outcome == .created } == 1)
      let counts: [Int] = try await service.database.shared.all(
        """
        SELECT count(*) FROM base.profiles UNION ALL SELECT count(*) FROM base.customers
        UNION ALL SELECT count(*) FROM base.traits UNION ALL SELECT count(*) FROM base.identifiers
        """)
      #expect(counts == [1, 1, 100, 1])
    }
  }

  @Test func `imports of the same people in other orders at once all succeed`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let people = (0..<40).map { number in
        ImportedProfile(
          externalId: ExternalID("\(number)") ?? .example,
          identifiers: [Identifier(kind: .email, value: "p\(number / 2)@example.com", verified: true)]
            .compactMap(\.self))
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for seed in 1...6 {
          group.addTask {
            var random = SeededGenerator(seed: UInt64(seed))
            let rows = people.shuffled(using: &random) + people.shuffled(using: &random)
            let report = try await service.call(ImportProfiles(source: .shop, rows: Rows(rows)))
            #expect(report.accepted + report.updated + report.unchanged == 80)
          }
        }
        try await group.waitForAll()
      }
      let customers: Int = try await service.database.shared.one("SELECT count(*) FROM base.customers")
      #expect(customers == 20)
      #expect(try await CustomerBase.faults(in: service.database.shared) == [])
    }
  }
}
