import CustomerBase
import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Server

struct ListSegmentChangesTests {
  @Test func `changes come in their order, from a time or a position on, of all segments or one`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      try await service.save("shop", .source(.shop))
      try await service.save("graz", .trait(TraitClause(name: "locality", is: text("Graz"))))
      let ada = try await service.person("ada", ["locality": "Graz"]).customer
      try await service.followSegments()
      service.clock.advance(seconds: 60)
      _ = try await service.person("ada", ["locality": "Wien"])
      let grace = try await service.person("grace").customer
      try await service.followSegments()

      let all = try await service.segmentChanges()
      func told(_ changes: [SegmentChange]) -> [String] {
        changes.map { "\($0.segment) \($0.change) \($0.customer == ada ? "ada" : "grace") \($0.cause)" }
      }
      #expect(
        Set(told(all)) == [
          "graz entered ada profile", "shop entered ada profile", "graz left ada profile", "shop entered grace profile",
        ] && all.count == 4)
      #expect(all.map(\.at) == all.map(\.at).sorted() && all.last?.at == service.clock.now)
      let last = SegmentChangesStart(normal: "\(service.clock.now)")
      #expect(try await service.segmentChanges(since: last).map(\.position) == all.suffix(2).map(\.position))
      let second = SegmentChangesStart(normal: all[1].position)
      #expect(try await service.segmentChanges(since: second).map(\.position) == all.suffix(2).map(\.position))
      let ofOne = try await service.segmentChanges(since: second, segment: SegmentKey(fixed: "shop"))
      #expect(ofOne.map(\.customer) == [grace])
      #expect(try await service.segmentChanges(since: SegmentChangesStart(normal: all[3].position)).isEmpty)
      for wrong in ["yesterday", "1.2", "1.2.x", "2026-01-01"] {
        let refusal = try await service.refusal("segments.changes", #"{"since":"\#(wrong)"}"#)
        #expect(refusal.paths == ["/params/since"])
      }
    }
  }
}
