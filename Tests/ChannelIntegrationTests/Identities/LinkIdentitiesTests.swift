import JSONRPC
import Models
import Postgres
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct LinkIdentitiesTests {
  @Test func `linking a pair again answers the link that is there, either way round`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let a = try await service.person("1").profile
      let b = try await service.person("2").profile
      let made = try await service.call(LinkIdentities(a: a, b: b, reason: Reason(fixed: "same number")))
      let again = try await service.call(LinkIdentities(a: b, b: a, reason: Reason(fixed: "other words")))
      #expect(made.link == again.link)
      let entries: Int = try await service.database.shared.one(
        "SELECT count(*) FROM base.journal WHERE type = 'link.created'")
      #expect(entries == 2)
    }
  }

  @Test func `a profile is not linked with itself or with one that is not there`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let a = try await service.person("1").profile
      let itself = try await service.refusal("identities.link", "{\"a\": \"\(a)\", \"b\": \"\(a)\", \"reason\": \"x\"}")
      #expect(itself.paths == ["/params/b"])
      let nobody = ID<Profile>(high: 1, low: 1)
      let missing = try await service.refusal(
        "identities.link", "{\"a\": \"\(a)\", \"b\": \"\(nobody)\", \"reason\": \"x\"}")
      #expect(missing.code == .notFound)
    }
  }
}
