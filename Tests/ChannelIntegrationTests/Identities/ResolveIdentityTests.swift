import JSONRPC
import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct ResolveIdentityTests {
  @Test func `a verified value wins over an earlier unverified one`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let unverified = try #require(Identifier(kind: .email, value: "ada@example.com"))
      _ = try await service.call(
        UpsertProfile(source: .shop, externalId: ExternalID(fixed: "1"), identifiers: [unverified]))
      let verified = try await service.person("2", email: "ada@example.com")
      let found = try await service.call(ResolveIdentity(kind: .email, value: " ADA@example.com"))
      #expect(found.customer == verified.customer)
    }
  }

  @Test func `nobody is an answer, and what is no value is refused with its path`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      #expect(try await service.call(ResolveIdentity(kind: .email, value: "ada@example.com")).customer == nil)
      let error = try await service.refusal("identities.resolve", #"{"kind": "email", "value": "ada"}"#)
      #expect(error.paths == ["/params/value"])
    }
  }
}
