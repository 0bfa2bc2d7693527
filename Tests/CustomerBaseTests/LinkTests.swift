import Models
import Testing
import TestSupport

@testable import ChannelIntegration

struct LinkTests {
  @Test func `two profiles with one verified address are one customer`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let address = try #require(Identifier(kind: .email, value: "ada@example.com", verified: true))
      let first = try await service.call(
        UpsertProfile(source: .shop, externalId: ExternalID(fixed: "1"), identifiers: [address]))
      let second = try await service.call(
        UpsertProfile(source: .crm, externalId: ExternalID(fixed: "2"), identifiers: [address]))
      #expect(second.customer == first.customer)
      #expect(second.linked.map(\.profile) == [first.profile])
    }
  }
}
