import JSONRPC
import Models
import Testing
import TestSupport

@testable import Acquisition
@testable import Server

struct ReportFunnelTests {
  private func report(_ service: TestService, _ steps: [String], hours: Int = 1) async throws -> Funnel {
    let day = ExampleData.now.day
    return try await service.call(
      ReportFunnel(steps: steps, withinHours: hours, from: day.adding(days: -1), to: day.adding(days: 1)))
  }

  @Test func `a step counts after the step before it, within the hours of a first step`() async throws {
    try await withService(AcquisitionService.self) { service in
      // Both steps in order, a minute between.
      try await visit(service, "a", at: [0], name: "View")
      try await visit(service, "a", at: [60], name: "Buy")
      // The wrong way round.
      try await visit(service, "b", at: [0], name: "Buy")
      try await visit(service, "b", at: [60], name: "View")
      // Too late for the first view, in time for the second.
      try await visit(service, "c", at: [0, 3601], name: "View")
      try await visit(service, "c", at: [3700], name: "Buy")
      // A second too late, and exactly in time.
      try await visit(service, "d", at: [0], name: "View")
      try await visit(service, "d", at: [3601], name: "Buy")
      try await visit(service, "e", at: [0], name: "View")
      try await visit(service, "e", at: [3600], name: "Buy")
      let funnel = try await report(service, ["View", "Buy"])
      #expect(funnel.steps.map(\.visitors) == [5, 3])
      #expect(funnel.steps[1].rate == 0.6)
      #expect(funnel.steps[0].medianSeconds == nil)
      // 60, 3600, and 99 from the second view.
      #expect(funnel.steps[1].medianSeconds == 99)
    }
  }

  @Test func `visitors that are one customer count once, over both devices`() async throws {
    try await withService(AcquisitionService.self) { service in
      try await visit(service, "a", at: [0], name: "View")
      try await visit(service, "b", at: [60], name: "Buy")
      #expect(try await report(service, ["View", "Buy"]).steps.map(\.visitors) == [1, 0])
      for visitor in ["a", "b"] {
        _ = try await service.call(
          "events.collect", #"{"batch": [{"type": "identify", "anonymousId": "\#(visitor)", "userId": "ada"}]}"#)
      }
      #expect(try await report(service, ["View", "Buy"]).steps.map(\.visitors) == [1, 1])
    }
  }

  @Test func `the same event twice is two steps, and nobody is a rate of zero`() async throws {
    try await withService(AcquisitionService.self) { service in
      #expect(try await report(service, ["View", "View"]).steps.map(\.rate) == [0, 0])
      try await visit(service, "a", at: [0], name: "View")
      try await visit(service, "b", at: [0, 30], name: "View")
      #expect(try await report(service, ["View", "View"]).steps.map(\.visitors) == [2, 1])
    }
  }

  @Test func `no steps, too many and too many hours are refused with their paths`() async throws {
    try await withService(AcquisitionService.self) { service in
      for (steps, hours, path) in [
        ([], 1, "/params/steps"), (Array(repeating: "a", count: 11), 1, "/params/steps"),
        (["a"], 0, "/params/withinHours"),
      ] {
        let error = try await #require(throws: RPCError.self) {
          _ = try await report(service, steps, hours: hours)
        }
        #expect(error.code == .invalidParams)
        #expect(error.data?.text.contains(path) == true)
      }
    }
  }

  @Test func `a report that ends before it begins is refused`() async throws {
    try await withService(AcquisitionService.self) { service in
      let error = await #expect(throws: RPCError.self) {
        _ = try await service.call(
          "funnels.report", #"{"steps": ["View"], "withinHours": 1, "from": "2026-01-02", "to": "2026-01-02"}"#)
      }
      #expect(error?.code == .invalidParams)
    }
  }
}
