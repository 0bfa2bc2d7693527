import JSON
import JSONRPC
import Models
import TestSupport
import Testing

@testable import ChannelIntegration
@testable import Server

struct SaveSegmentTests {
  @Test func `a rule is measured once, and again when it is another`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let ada = try await service.person("ada", ["locality": "Graz"]).customer
      let grace = try await service.person("grace", ["locality": "Wien"]).customer
      let rule = SegmentRule.trait(TraitClause(name: "locality", is: text("Graz")))
      let saved = try await service.call(SaveSegment(key: SegmentKey(fixed: "graz"), rule: rule))
      #expect(saved.version == 1 && saved.job != nil && !saved.scansEverything && saved.scans.isEmpty)
      #expect(try await service.call(GetSegment(segment: SegmentKey(fixed: "graz"))).segment.state == .computing)
      try await service.followSegments()
      #expect(try await service.members("graz") == [ada])

      let same = try await service.call(SaveSegment(key: SegmentKey(fixed: "graz"), rule: rule))
      #expect(same.version == 1 && same.job == nil)
      let other = try await service.call(SaveSegment(key: SegmentKey(fixed: "graz"), rule: .not(rule)))
      #expect(other.version == 2 && other.job != nil)
      // Until the job comes to them.
      #expect(try await service.members("graz") == [ada])
      try await service.followSegments()
      #expect(try await service.members("graz") == [grace])
      let changes = try await service.segmentChanges()
      #expect(changes.map(\.change) == [.entered, .left, .entered] && changes.allSatisfy { $0.cause == .rule })
      #expect(changes.map(\.version) == [1, 2, 2])
      let job = try #require(other.job)
      let done = try await service.call("jobs.get", #"{"job":"\#(job)"}"#).decode(Job.self)
      #expect(done.state == .succeeded && done.progress == 1)
      #expect(try done.result(as: ComputedSegment.self).moved == 2)
    }
  }

  @Test func `a rule that would look at everybody says so, with the clauses`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let graz = SegmentRule.trait(TraitClause(name: "locality", is: text("Graz")))
      let rules: [(SegmentRule, [String])] = [
        (.not(graz), ["/not"]), (.all([.not(graz), graz]), []),
        (.any([graz, .consent(ConsentClause(purpose: "marketing", state: .granted))]), ["/any/1/consent"]),
        (
          .all([.ordered(OrderedClause(atLeast: 3)), .performed(PerformedClause(event: "x", atMost: 1))]),
          ["/all/0/ordered", "/all/1/performed"]
        ),
        (.ordered(OrderedClause(atLeast: 3, withinDays: 10)), []), (.source(.shop), []),
        (.ordered(OrderedClause(sku: SKU(fixed: "TEA"))), []), (.carries(CarriesClause(kind: .email)), []),
        (.trait(TraitClause(name: "age", atLeast: 3)), ["/trait"]),
        (.score(ScoreClause(name: .recency, atLeast: 3)), ["/score"]),
        (.score(ScoreClause(name: .recency, atMost: 3)), []),
        (.score(ScoreClause(name: .expectedValue, atLeast: 3)), []),
        (.orderTotal(OrderTotalClause(currency: .euro, atLeast: Amount(5))), ["/orderTotal"]),
        (.orderTotal(OrderTotalClause(currency: .euro, atMost: Amount(5), withinDays: 3)), ["/orderTotal"]),
      ]
      for (rule, paths) in rules {
        let saved = try await service.call(SaveSegment(key: SegmentKey(fixed: "some"), rule: rule))
        #expect(saved.scans.map(\.path) == paths && saved.scansEverything == !paths.isEmpty)
        #expect(saved.scans.allSatisfy { !$0.reason.isEmpty })
        // Whom no fact tells anything of is found by no index.
        let plan = SegmentPlan(rule, now: service.clock.now)
        #expect(plan.candidates == nil || !plan.holdsWithoutFacts)
      }
    }
  }

  @Test(arguments: [
    (#"{}"#, "/params/rule"), (#"{"source":"shop","carries":{"kind":"email"}}"#, "/params/rule"),
    (#"{"nothing":1}"#, "/params/rule/nothing"), (#"{"all":[]}"#, "/params/rule/all"),
    (#"{"all":[{"source":"shop"},{"performed":{"evnt":"x"}}]}"#, "/params/rule/all/1/performed/event"),
    (#"{"all":[{"source":"shop"},{"performed":{"event":""}}]}"#, "/params/rule/all/1/performed/event"),
    (#"{"performed":{"event":"x","atleast":1}}"#, "/params/rule/performed/atleast"),
    (#"{"performed":{"event":"x","atLeast":0}}"#, "/params/rule/performed/atLeast"),
    (#"{"performed":{"event":"x","atLeast":3,"atMost":2}}"#, "/params/rule/performed/atMost"),
    (#"{"performed":{"event":"x","withinDays":4000}}"#, "/params/rule/performed/withinDays"),
    (#"{"performed":{"event":"x","where":{"sku":[1]}}}"#, "/params/rule/performed/where/sku"),
    (#"{"not":{"not":{"trait":{"name":"a"}}}}"#, "/params/rule/not/not/trait"),
    (#"{"trait":{"name":"a","exists":true,"is":1}}"#, "/params/rule/trait"),
    (#"{"trait":{"name":"a","is":{}}}"#, "/params/rule/trait/is"),
    (#"{"trait":{"name":"a","in":["x",null]}}"#, "/params/rule/trait/in/1"),
    (#"{"trait":{"name":"a","before":"yesterday"}}"#, "/params/rule/trait/before"),
    (#"{"trait":{"name":"a","before":"2020-01-01","after":"2020-01-01"}}"#, "/params/rule/trait/before"),
    (#"{"orderTotal":{"currency":"EUR"}}"#, "/params/rule/orderTotal"),
    (#"{"orderTotal":{"currency":"euro","atLeast":"1"}}"#, "/params/rule/orderTotal/currency"),
    (#"{"score":{"name":"beauty","atLeast":1}}"#, "/params/rule/score/name"),
    (#"{"score":{"name":"recency","atLeast":1.5}}"#, "/params/rule/score/atLeast"),
    (#"{"consent":{"purpose":"marketing","state":"maybe"}}"#, "/params/rule/consent/state"),
    (#"{"carries":{"kind":"anonymous"}}"#, "/params/rule/carries/kind"), (#"{"source":""}"#, "/params/rule/source"),
    (#"{"ordered":{"status":[]}}"#, "/params/rule/ordered/status"),
  ])
  func `what is no rule is refused with the place`(rule: String, path: String) async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let refusal = try await service.refusal("segments.save", #"{"key":"k","rule":\#(rule)}"#)
      #expect(refusal.code == .invalidParams && refusal.paths == [path])
    }
  }

  @Test func `a rule is neither endless nor bottomless`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      let many = SegmentRule.all((0..<2).map { _ in .any(Array(repeating: .source(.shop), count: 50)) })
      let wide = try await service.refusal(of: SaveSegment(key: SegmentKey(fixed: "k"), rule: many))
      #expect(wide?.paths == ["/params/rule"])
      let deep = (0..<8).reduce(SegmentRule.source(.shop)) { rule, _ in .not(rule) }
      let refused = try await service.refusal(of: SaveSegment(key: SegmentKey(fixed: "k"), rule: deep))
      #expect(refused?.paths == ["/params/rule/not/not/not/not/not/not/not/not"])
      let full = SegmentRule.all((0..<49).map { .trait(TraitClause(name: "t\($0)", is: json("1"))) })
      #expect(try await service.call(SaveSegment(key: SegmentKey(fixed: "k"), rule: full)).version == 1)
      try await service.followSegments()
    }
  }
}
