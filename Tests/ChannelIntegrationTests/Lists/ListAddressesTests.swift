import Models
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Server

struct ListAddressesTests {
  @Test func `entries come by address, each with its problems, page by page`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      try await fillList(service)
      let found = try await service.everyPage { cursor in
        try await service.call(ListAddresses(source: .crm, limit: Limit(2), cursor: cursor))
      }
      #expect(
        found.map(\.email) == [
          "ada at example", "ada@mailinator.com", "fine@example.com", "gone@example.com", "info+x@example.com",
          "old@example.com", "out@example.com",
        ])
      #expect(
        found.map(\.problems) == [
          [.syntax], [.disposable], [.duplicate], [.bounced], [.role], [.dormant], [.withdrawn],
        ])
      #expect(
        try await service.call(ListAddresses(problem: .role)).items.map(\.email) == [
          "info+x@example.com", "support@example.com",
        ])
    }
  }

  @Test func `a cursor is of its list`() async throws {
    try await withService(ChannelIntegrationService.self) { service in
      try await fillList(service)
      let page = try await service.call(ListAddresses(limit: Limit(1)))
      let cursor = try #require(page.nextCursor)
      let error = try await service.refusal("lists.addresses", #"{"problem": "role", "cursor": "\#(cursor)"}"#)
      #expect(error.paths == ["/params/cursor"])
    }
  }
}
