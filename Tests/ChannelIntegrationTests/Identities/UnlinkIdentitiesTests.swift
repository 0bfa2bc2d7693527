import JSONRPC
import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct UnlinkIdentitiesTests {
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
}
