import JSONRPC
import Models
import Testing
import TestSupport

@testable import Acquisition

struct GetVisitorTests {
  @Test func `a visitor's events and sessions are counted`() async throws {
    try await withService(AcquisitionService.self) { service in
      try await visit(service, "v", at: [0, 1800, 3601])
      let visitor = try await service.call(GetVisitor(anonymousId: ExternalID(fixed: "v")))
      #expect((visitor.events, visitor.sessions) == (3, 2))
      #expect(visitor.customer == ID(visitor.profile))
      #expect(visitor.lastSeenAt == visitor.firstSeenAt?.adding(seconds: 3601))
    }
  }

  @Test func `an unknown visitor is not found`() async throws {
    try await withService(AcquisitionService.self) { service in
      let error = try await #require(throws: RPCError.self) {
        _ = try await service.call(GetVisitor(anonymousId: ExternalID(fixed: "v")))
      }
      #expect(error.code == .notFound)
    }
  }
}
