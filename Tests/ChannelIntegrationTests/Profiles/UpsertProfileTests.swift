import CustomerBase
import JSON
import JSONRPC
import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct UpsertProfileTests {
  private func upsert(_ service: TestService, _ traits: [String: RawJSON]) async throws -> UpsertOutcome {
    try await service.call(UpsertProfile(source: .shop, externalId: ExternalID(fixed: "1"), traits: traits)).outcome
  }

  @Test func `what is given is merged, null removes, and the same again changes nothing`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = RawJSON(wellFormed: "\"Ada\"")
      #expect(try await upsert(service, ["givenName": ada, "size": RawJSON(wellFormed: "42")]) == .created)
      #expect(try await upsert(service, ["givenName": ada]) == .unchanged)
      #expect(try await upsert(service, ["size": .null]) == .updated)
      #expect(try await upsert(service, ["size": .null]) == .unchanged)
      #expect(try await upsert(service, [:]) == .unchanged)
      let person = try await service.person("1")
      let view = try await service.call("customers.get", "{\"customer\": \"\(person.customer)\"}")
      #expect(view["traits"]?.elements.compactMap { $0["name"]?.string } == ["givenName"])
    }
  }

  @Test func `values are compared in their normal form`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let first = try await service.person("1", email: "Ada@Example.com")
      let second = try await service.person("2", email: " ada@example.COM ")
      #expect(second.customer == first.customer)
      #expect(second.linked.map(\.evidence) == ["email:ada@example.com"])
    }
  }

  @Test(
    arguments: [
      (#"{"source": "", "externalId": "1"}"#, "/params/source"),
      (#"{"source": "shop"}"#, "/params/externalId"),
      (#"{"source": "shop", "externalId": "1", "other": 1}"#, "/params/other"),
      (
        #"{"source": "shop", "externalId": "1", "identifiers": [{"kind": "fax", "value": "1"}]}"#,
        "/params/identifiers/0/kind"
      ),
      (
        #"{"source": "shop", "externalId": "1", "identifiers": [{"kind": "email", "value": "no"}]}"#,
        "/params/identifiers/0/value"
      ),
      (#"{"source": "shop", "externalId": "1", "traits": {"": 1}}"#, "/params/traits"),
    ])
  func `what is not in order is refused with its path`(params: String, path: String) async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let error = try await service.refusal("profiles.upsert", params)
      #expect(error.code == .invalidParams)
      #expect(error.paths == [path])
    }
  }

  @Test func `scopes are needed of all but staff`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let params = #"{"source": "shop", "externalId": "1"}"#
      for scopes in [[], ["profiles:read"], ["orders:write"]] as [Set<String>] {
        let error = try await service.refusal("profiles.upsert", params, as: .service(scopes: scopes))
        #expect(error.code == .forbidden)
      }
      #expect(try await service.refusal("profiles.upsert", params, as: .site).code == .forbidden)
      _ = try await service.call("profiles.upsert", params, as: .service(scopes: ["profiles:write"]))
    }
  }

  @Test func `a number that no database can keep is refused by its place, and nothing is written`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let error = try await service.refusal(
        "profiles.upsert", "{\"source\": \"crm\", \"externalId\": \"1\", \"traits\": {\"big\": 1e999999}}")
      #expect(error.code == .invalidParams)
      #expect(error.paths == ["/params"])
      let profiles: Int = try await service.database.shared.one("SELECT count(*) FROM base.profiles")
      #expect(profiles == 0)
    }
  }
}
