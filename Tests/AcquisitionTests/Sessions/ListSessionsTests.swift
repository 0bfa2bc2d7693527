import JSON
import JSONRPC
import Models
import Testing
import TestSupport

@testable import Acquisition
@testable import Server

/// A visitor's page views at these seconds of an hour of the example day.
func visit(_ service: TestService, _ visitor: String, at seconds: [Int], name: String = "Viewed") async throws {
  let start = ExampleData.now.adding(seconds: -86_400)
  let events = seconds.map { second in
    """
    {"type": "track", "event": "\(name)", "anonymousId": "\(visitor)", \
    "timestamp": "\(start.adding(seconds: Int64(second)))"}
    """
  }
  _ = try await service.call("events.collect", "{\"batch\": [\(events.joined(separator: ","))]}", as: .site)
}

struct ListSessionsTests {
  @Test func `thirty minutes of silence keep a session and a second more ends it`() async throws {
    try await withService(AcquisitionService.self) { service in
      try await visit(service, "v", at: [0, 1800, 3601, 3700])
      let page = try await service.call(ListSessions(anonymousId: ExternalID(fixed: "v")))
      #expect(page.items.map(\.events) == [2, 2])
      let start = ExampleData.now.adding(seconds: -86_400)
      #expect(page.items.map(\.startedAt) == [start.adding(seconds: 3601), start])
      #expect(page.items.map(\.endedAt) == [start.adding(seconds: 3700), start.adding(seconds: 1800)])
    }
  }

  @Test func `pages of a customer's sessions over all devices miss none`() async throws {
    try await withService(AcquisitionService.self) { service in
      try await visit(service, "v", at: [0, 7200, 14_400])
      try await visit(service, "w", at: [0, 7200, 14_400])
      for visitor in ["v", "w"] {
        _ = try await service.call(
          "events.collect", #"{"batch": [{"type": "identify", "anonymousId": "\#(visitor)", "userId": "ada"}]}"#)
      }
      let visitor = try await service.call(GetVisitor(anonymousId: ExternalID(fixed: "v")))
      var found: [Session] = []
      var cursor: String?
      repeat {
        let page = try await service.call(ListSessions(customer: visitor.customer, limit: Limit(3), cursor: cursor))
        found += page.items
        cursor = page.nextCursor
      } while cursor != nil
      #expect(found.count == 8)
      #expect(Set(found.map { "\($0.profile) \($0.startedAt)" }).count == 8)
      #expect(found.map(\.startedAt) == found.map(\.startedAt).sorted(by: >))
      let first = try await service.call(ListSessions(customer: visitor.customer, limit: Limit(3)))
      let error = try await #require(throws: RPCError.self) {
        _ = try await service.call(ListSessions(anonymousId: ExternalID(fixed: "v"), cursor: first.nextCursor))
      }
      #expect(error.code == .invalidParams)
      #expect(error.data?.text.contains("/params/cursor") == true)
    }
  }

  @Test func `exactly one of customer and visitor is needed`() async throws {
    try await withService(AcquisitionService.self) { service in
      let error = try await #require(throws: RPCError.self) { _ = try await service.call(ListSessions()) }
      #expect(error.code == .invalidParams)
      let missing = try await #require(throws: RPCError.self) {
        _ = try await service.call(ListSessions(anonymousId: ExternalID(fixed: "nobody")))
      }
      #expect(missing.code == .notFound)
    }
  }
}
