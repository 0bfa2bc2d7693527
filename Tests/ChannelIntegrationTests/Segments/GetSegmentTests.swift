import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Server

struct GetSegmentTests {
  @Test func `a segment tells its rule, how far it has come and how many are in it`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      for number in 0..<3 { _ = try await service.person("\(number)") }
      let rule = SegmentRule.not(.source(.crm))
      let saved = try await service.call(SaveSegment(key: SegmentKey(fixed: "shop"), rule: rule))
      var segment = try await service.call(GetSegment(segment: SegmentKey(fixed: "shop")))
      #expect(segment.members == 0 && segment.segment.state == .computing && segment.segment.job == saved.job)
      #expect(segment.scansEverything && segment.scans.map(\.path) == ["/not"])
      try await service.followSegments()
      segment = try await service.call(GetSegment(segment: SegmentKey(fixed: "shop")))
      #expect(segment.members == 3 && segment.segment.state == .ready && segment.segment.rule == rule)
      #expect(segment.segment.savedAt == service.clock.now && segment.segment.version == 1)
      let none = try await service.refusal(of: GetSegment(segment: SegmentKey(fixed: "none")))
      #expect(none?.type == "not_found")
    }
  }
}
