import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Server

struct ListSegmentsTests {
  @Test func `segments are listed by key, page by page`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      for key in ["b", "a", "C"] {
        _ = try await service.call(SaveSegment(key: SegmentKey(normal: key), rule: .source(.shop)))
      }
      let listed = try await service.everyPage { cursor in
        try await service.call(ListSegments(limit: Limit(1), cursor: cursor))
      }
      #expect(listed.map(\.key) == ["C", "a", "b"] && listed.allSatisfy { $0.rule == .source(.shop) })
      #expect(try await service.refusal(of: ListSegments(cursor: "x"))?.paths == ["/params/cursor"])
    }
  }
}
