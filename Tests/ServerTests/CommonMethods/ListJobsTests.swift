import JSON
import Server
import TestSupport
import Testing

struct ListJobsTests {
  private func ids(_ page: JSONNode) -> [String] { page["items"]?.elements.compactMap { $0["job"]?.string } ?? [] }

  @Test func `jobs come latest first, page by page`() async throws {
    try await withService(try serviceWithWork()) { service in
      var started: [String] = []
      for _ in 0..<3 {
        service.clock.advance(seconds: 1)
        started.insert(try await service.startJob().id, at: 0)
      }
      let first = try await service.call("jobs.list", #"{"limit":2}"#)
      #expect(ids(first) == Array(started.prefix(2)))
      let cursor = try #require(first["nextCursor"]?.string)
      let second = try await service.call("jobs.list", #"{"limit":2,"cursor":"\#(cursor)"}"#)
      #expect(ids(second) == Array(started.suffix(1)) && second["nextCursor"] == nil)
    }
  }

  @Test func `a state picks its jobs, and its cursor is good for no other`() async throws {
    try await withService(try serviceWithWork()) { service in
      let done = [try await service.startJob().id, try await service.startJob().id]
      try await service.running.settle()
      let waiting = try await service.startJob().id
      #expect(ids(try await service.call("jobs.list", #"{"state":"queued"}"#)) == [waiting])
      let page = try await service.call("jobs.list", #"{"state":"succeeded","limit":1}"#)
      #expect(ids(page) == [try #require(done.last)])
      let cursor = try #require(page["nextCursor"]?.string)
      await #expect(throws: (any Error).self) {
        try await service.call("jobs.list", #"{"state":"queued","cursor":"\#(cursor)"}"#)
      }
    }
  }
}
