import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Server

struct ListSegmentMembersTests {
  @Test func `members come by id, page by page, with the time since when`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      try await service.save("shop", .source(.shop))
      var expected: [ID<Customer>] = []
      for number in 0..<5 { expected.append(try await service.person("\(number)").customer) }
      _ = try await service.person("other", source: .crm)
      service.clock.advance(seconds: 3)
      try await service.followSegments()
      let listed = try await service.everyPage { cursor in
        try await service.call(
          ListSegmentMembers(segment: SegmentKey(fixed: "shop"), limit: Limit(2), cursor: cursor))
      }
      #expect(listed.map(\.customer) == expected && listed.allSatisfy { $0.since == service.clock.now })
      #expect(
        try await service.refusal(of: ListSegmentMembers(segment: SegmentKey(fixed: "none")))?.detail == "segment")
    }
  }
}
