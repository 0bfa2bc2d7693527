import JSONRPC
import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct ListLinksTests {
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

  @Test func `a customer that does not exist has no list`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let nobody = ID<Customer>(high: 1, low: 1)
      let error = try await service.refusal("identities.links", "{\"customer\": \"\(nobody)\"}")
      #expect(error.code == .notFound)
    }
  }
}
