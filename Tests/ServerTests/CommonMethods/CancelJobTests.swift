import JSON
import JSONRPC
import Server
import TestSupport
import Testing

struct CancelJobTests {
  @Test func `a cancelled job is never carried out`() async throws {
    try await withService(try serviceWithWork()) { service in
      let started = try await service.startJob()
      let cancelled = try await service.call("jobs.cancel", started.params)
      #expect(cancelled["state"]?.string == "cancelled" && cancelled["finishedAt"]?.string != nil)
      try await service.running.settle()
      #expect(try await service.call("jobs.get", started.params)["state"]?.string == "cancelled")
    }
  }

  @Test func `a job that has ended stays as it is`() async throws {
    try await withService(try serviceWithWork()) { service in
      let started = try await service.startJob()
      try await service.running.settle()
      let error = await #expect(throws: RPCError.self) { try await service.call("jobs.cancel", started.params) }
      #expect(error?.code == .wrongState)
      #expect(try await service.call("jobs.get", started.params)["state"]?.string == "succeeded")
    }
  }

  @Test func `there must be such a job`() async throws {
    try await withService(try serviceWithWork()) { service in
      let unknown = #"{"job":"0193a1f2-7c4e-7000-8000-000000000001"}"#
      let error = await #expect(throws: RPCError.self) { try await service.call("jobs.cancel", unknown) }
      #expect(error?.code == .notFound)
    }
  }
}
