import Models
import Postgres
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct UnblockIdentityTests {
  @Test func `a value links again who gains it from then on`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let first = try await service.person("1", email: "test@test.com")
      let second = try await service.person("2", email: "test@test.com")
      #expect(second.refused.map(\.reason) == [.blocked])
      let unblocked = try await service.call(UnblockIdentity(kind: .email, value: "TEST@test.com"))
      #expect(unblocked.value == "test@test.com")
      let customer: ID<Customer> = try await service.database.shared.one(
        "SELECT customer FROM base.members WHERE profile = \(second.profile)")
      #expect(customer == ID(second.profile))
      let third = try await service.person("3", email: "test@test.com")
      #expect(third.linked.map(\.profile) == [first.profile])
      #expect(third.refused.isEmpty)
    }
  }

  @Test func `what is not blocked is not found`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let refusal = try await service.refusal(
        "identities.unblock", #"{"kind": "email", "value": "ada@example.com"}"#)
      #expect(refusal.code == .notFound)
    }
  }
}
