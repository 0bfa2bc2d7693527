import CustomerBase
import JSON
import Models
import Postgres
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct FaultsTests {
  @Test func `a wrong sum and a wrong component are found`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let data = ExampleData(
        ada: ID(high: 0, low: 0), newsletter: ID(high: 0, low: 0), grace: ID(high: 0, low: 0),
        link: ID(high: 0, low: 0), job: ID(high: 0, low: 0), queuedJob: ID(high: 0, low: 0))
      _ = try await service.call(ImportOrders.example(in: data))
      let owner = service.database.shared
      #expect(try await CustomerBase.faults(in: owner) == [])

      try await owner.execute("UPDATE base.orders SET total = total + 1")
      #expect(try await CustomerBase.faults(in: owner).count == 1)
      try await owner.execute("UPDATE base.orders SET total = total - 1")
      #expect(try await CustomerBase.faults(in: owner) == [])

      let other = try await service.call(UpsertProfile(source: .crm, externalId: ExternalID(fixed: "other")))
      try await owner.execute(
        """
        UPDATE base.members SET customer = (SELECT min(id::text)::uuid FROM base.customers)
        WHERE profile = \(other.profile)
        """)
      #expect(try await CustomerBase.faults(in: owner).count == 2)
    }
  }
}
