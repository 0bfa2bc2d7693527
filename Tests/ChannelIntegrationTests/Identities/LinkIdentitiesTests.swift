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

  @Test func `unlinking twice is a wrong state, and the list keeps what was removed`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let a = try await service.person("1")
      let b = try await service.person("2")
      let made = try await service.call(LinkIdentities(a: a.profile, b: b.profile, reason: Reason(fixed: "x")))
      let params = "{\"link\": \"\(made.link)\", \"reason\": \"two people\"}"
      let removed = try await service.call("identities.unlink", params)
      #expect(removed["b"]?.string == "\(b.customer)")
      #expect(try await service.refusal("identities.unlink", params).code == .wrongState)
      let missing = "{\"link\": \"\(ID<Link>(high: 1, low: 1))\", \"reason\": \"x\"}"
      #expect(try await service.refusal("identities.unlink", missing).code == .notFound)
      let links = try await service.call(ListLinks(customer: b.customer)).items
      #expect(links.map(\.removedReason) == ["two people"])
    }
  }

  @Test func `links are listed page by page, earliest first`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let hub = try await service.person("0")
      var made: [ID<Link>] = []
      for number in 1...5 {
        let other = try await service.person("\(number)").profile
        made.append(
          try await service.call(LinkIdentities(a: hub.profile, b: other, reason: Reason(fixed: "x"))).link)
      }
      let listed = try await service.everyPage { cursor in
        try await service.call(ListLinks(customer: hub.customer, limit: Limit(2), cursor: cursor))
      }
      #expect(listed.map(\.link) == made)
    }
  }
}
