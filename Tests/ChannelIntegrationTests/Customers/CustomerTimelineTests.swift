import JSONRPC
import Models
import Testing
import TestSupport

@testable import Acquisition
@testable import ChannelIntegration
@testable import Server

struct CustomerTimelineTests {
  @Test func `changes, links, consents, orders and events are merged, latest first, and every page is whole`()
    async throws
  {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada", email: "ada@example.com")
      service.clock.advance(seconds: 1)
      _ = try await service.person("newsletter", email: "ada@example.com")
      _ = try await service.call(
        RecordConsent(customer: ada.customer, purpose: "service", state: .granted, basis: Reason(fixed: "contract")))
      for number in 0..<3 { _ = try await service.order("\(number)", of: "ada") }
      let acquisition = try await service.beside(AcquisitionService.self)
      _ = try await acquisition.call(
        "events.collect",
        #"{"batch": [{"type": "identify", "anonymousId": "v", "userId": "u"}, {"type": "page", "userId": "u"}]}"#)
      let visitor = try await acquisition.call(GetVisitor(anonymousId: ExternalID(fixed: "v")))
      _ = try await service.call(
        LinkIdentities(a: ada.profile, b: visitor.profile, reason: Reason(fixed: "told us")))

      let all = try await service.call(CustomerTimeline(customer: ada.customer, limit: Limit(200))).items
      let types = Set(all.map(\.type))
      #expect(
        types == [
          "profile.created", "link.created", "consent.granted", "order.placed", "event.identify", "event.page",
        ])
      #expect(all.map(\.at) == all.map(\.at).sorted(by: >))
      for limit in [1, 2, 5] {
        let paged = try await service.everyPage { cursor in
          try await service.call(CustomerTimeline(customer: ada.customer, limit: Limit(limit), cursor: cursor))
        }
        #expect(paged.map { "\($0.type) \($0.details.text)" } == all.map { "\($0.type) \($0.details.text)" })
      }
    }
  }

  @Test func `a cursor of another customer is refused`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada", email: "ada@example.com").customer
      let grace = try await service.person("grace", email: "ada@example.com", source: .crm).customer
      #expect(ada == grace)
      let other = try await service.person("other").customer
      let cursor = try await service.call(CustomerTimeline(customer: ada, limit: Limit(1))).nextCursor
      let error = try await #require(throws: RPCError.self) {
        _ = try await service.call(CustomerTimeline(customer: other, cursor: cursor))
      }
      #expect(error.paths == ["/params/cursor"])
    }
  }
}
