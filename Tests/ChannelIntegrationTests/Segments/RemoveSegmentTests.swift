import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Server

struct RemoveSegmentTests {
  @Test func `a segment goes with all who are in it, and its job does nothing any more`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      _ = try await service.person("ada")
      try await service.save("shop", .all([.source(.shop), .performed(PerformedClause(event: "x", atMost: 0))]))
      _ = try await service.call(SaveSegment(key: SegmentKey(fixed: "shop"), rule: .source(.shop)))
      let removed = try await service.call(RemoveSegment(segment: SegmentKey(fixed: "shop")))
      #expect(removed.segment.text == "shop")
      try await service.followSegments()
      let left: Int = try await service.database.shared.one(
        """
        SELECT (SELECT count(*) FROM base.segments) + (SELECT count(*) FROM base.segment_members)
          + (SELECT count(*) FROM base.segment_rechecks)
        """)
      #expect(left == 0)
      let told: [String] = try await service.database.shared.all(
        "SELECT payload ->> 'segment' FROM base.journal WHERE type = 'segment.removed'")
      #expect(told == ["shop"])
      #expect(try await service.refusal(of: RemoveSegment(segment: SegmentKey(fixed: "shop")))?.detail == "segment")
    }
  }
}
