import JSON
import JSONRPC
import Server
import TestSupport
import Testing

struct GetJobTests {
  @Test func `a job waits, then succeeds with its result`() async throws {
    try await withService(try serviceWithWork()) { service in
      let started = try await service.startJob()
      let waiting = try await service.call("jobs.get", started.params)
      #expect(waiting["state"]?.string == "queued" && waiting["progress"]?.double == 0)
      #expect(waiting["result"] == nil && waiting["finishedAt"] == nil)
      try await service.running.settle()
      let done = try await service.call("jobs.get", started.params)
      #expect(done["state"]?.string == "succeeded" && done["progress"]?.double == 1)
      #expect(done["result"]?["products"]?.integer == 0 && done["finishedAt"]?.string != nil)
    }
  }

  @Test func `another service's job is as if it were not there`() async throws {
    try await withService(try serviceWithWork()) { service in
      let started = try await service.startJob()
      let other = try await service.beside(try #require(allServices.first { $0.name == "retention" }))
      let error = await #expect(throws: RPCError.self) { try await other.call("jobs.get", started.params) }
      #expect(error?.code == .notFound)
      other.close()
    }
  }
}
