import CustomerBase
import JSON
import JSONRPC
import Models
import Postgres
import Testing
import TestSupport

@testable import ChannelIntegration
@testable import Retention
@testable import Server

struct JobWorkerTests {
  private func enqueue(_ service: TestService) async throws -> ID<Job> {
    try await service.database.transaction { transaction in
      CustomerBase(
        database: transaction, now: service.clock.now, ids: IDGenerator(clock: { service.clock.now }),
        author: Author(service: RetentionService.name, method: "test", actor: "test")
      ).enqueue("test", params: .emptyObject)
    }
  }

  private func begin(_ job: ID<Job>, _ service: TestService) async throws -> TakenJob? {
    try await service.database.transaction { try await CustomerBase.begin(job, in: $0) }
  }

  @Test func `a job is held by one worker, and by another when the first is gone`() async throws {
    try await withService(RetentionService.self) { service in
      let job = try await enqueue(service)
      let pool = service.database
      await #expect(throws: (any Error).self) {
        try await pool.connection { first in
          #expect(try await CustomerBase.hold(job, on: first))
          let isFree = try await pool.connection { try await CustomerBase.hold(job, on: $0) }
          #expect(!isFree)
          let process: Int = try await first.one("SELECT pg_backend_pid()::int8")
          try await pool.shared.execute("SELECT pg_terminate_backend(\(process)::int4)")
          try await first.execute("SELECT 1")
        }
      }
      // The server takes a moment to end the process and free its locks.
      while try await !pool.connection({ try await CustomerBase.hold(job, on: $0) }) {}
    }
  }

  @Test func `late writes of a worker that lost the job change nothing`() async throws {
    try await withService(RetentionService.self) { service in
      let job = try await enqueue(service)
      let first = try #require(try await begin(job, service))
      let second = try #require(try await begin(job, service))
      #expect((first.attempt, second.attempt) == (1, 2))
      let now = service.clock.now
      try await service.database.connection { database async throws in
        #expect(try await CustomerBase.report(0.9, of: first, in: database) == false)
        #expect(try await CustomerBase.report(0.5, of: second, in: database))
        let late = RawJSON(wellFormed: "{\"late\": true}")
        #expect(try await CustomerBase.finish(first, result: late, at: now, in: database) == false)
        try await CustomerBase.fail(first, error: late, at: now, in: database)
      }
      let seen = try await service.call("jobs.get", "{\"job\": \"\(job)\"}")
      #expect(seen["state"]?.string == "running")
      #expect(seen["progress"]?.double == 0.5)
      let isFinished = try await service.database.transaction { transaction in
        let result = RawJSON(wellFormed: "{\"n\": 2}")
        return try await CustomerBase.finish(second, result: result, at: now, in: transaction)
      }
      #expect(isFinished)
      let ended = try await service.call("jobs.get", "{\"job\": \"\(job)\"}")
      #expect(ended["state"]?.string == "succeeded")
      #expect(ended["result"]?["n"]?.integer == 2)
      #expect(try await begin(job, service) == nil)
    }
  }

  @Test func `a cancelled job stops its worker and does not begin again`() async throws {
    try await withService(RetentionService.self) { service in
      let job = try await enqueue(service)
      let taken = try #require(try await begin(job, service))
      let cancelled = try await service.call("jobs.cancel", "{\"job\": \"\(job)\"}")
      #expect(cancelled["state"]?.string == "cancelled")
      let isOurs = try await service.database.transaction { try await CustomerBase.report(0.5, of: taken, in: $0) }
      #expect(!isOurs)
      #expect(try await begin(job, service) == nil)
      let error = try await #require(throws: RPCError.self) {
        _ = try await service.call("jobs.cancel", "{\"job\": \"\(job)\"}")
      }
      #expect(error.code == .wrongState)
    }
  }

  @Test func `a job survives its service, and one of another service does not exist`() async throws {
    try await withService(RetentionService.self) { service in
      let job = try await enqueue(service)
      _ = try await begin(job, service)
      let restarted = try await service.beside(RetentionService.self)
      defer { restarted.running.pool.close() }
      try await restarted.running.settle()
      // No version knows this work, which is an end too.
      let ended = try await restarted.call("jobs.get", "{\"job\": \"\(job)\"}")
      #expect(ended["state"]?.string == "failed")
      let other = try await service.beside(ChannelIntegrationService.self)
      defer { other.running.pool.close() }
      let error = try await #require(throws: RPCError.self) {
        _ = try await other.call("jobs.get", "{\"job\": \"\(job)\"}")
      }
      #expect(error.code == .notFound)
    }
  }
}
