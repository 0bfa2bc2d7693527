import CustomerBase
import JSON
import JSONRPC
import Logging
import Models
import Postgres
import TestSupport
import Testing

@testable import Server

@Suite struct CallRunnerTests {
  /// Runs the body with a runner of the odd service, on a database with one table for what its calls leave behind.
  private func withRunner(
    deadline: Duration = .seconds(10), _ body: (CallRunner, PostgresPool) async throws -> Void
  ) async throws {
    try await withDatabase(template: Template.migrated()) { pool in
      try await pool.transaction { try await $0.execute("CREATE TABLE traces (attempt integer)") }
      let clock = TestClock()
      var runner = CallRunner(
        service: OddService.self, pool: pool, clock: { clock.now }, ids: IDGenerator(clock: { clock.now }),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, committed: {})
      runner.deadline = { _ in deadline }
      try await body(runner, pool)
    }
  }

  private func ticket(_ principal: Principal? = .staff, requestID: String = "r", key: String? = nil) -> Ticket {
    let caller = Caller(
      principal: principal, address: "127.0.0.1", requestID: requestID, trace: TraceContext(), idempotencyKey: key,
      clientCertificateNames: [], limiter: .unlimited)
    return Ticket(caller, now: ExampleData.now)
  }

  private func refusal(_ result: Result<CallAnswer, RPCError>) throws -> (code: Int, data: ErrorData) {
    guard case .failure(let error) = result, let data = error.data else {
      throw PostgresError(.noRow, "the call was not refused: \(result)")
    }
    return (error.code.rawValue, try JSONDocument(parsing: data.utf8).root.decode(ErrorData.self))
  }

  private func traces(_ pool: PostgresPool) async throws -> Int {
    try await pool.shared.one("SELECT count(*) FROM traces")
  }

  @Test func `a call that takes too long is ended and told so`() async throws {
    try await withRunner(deadline: .milliseconds(200)) { runner, pool in
      let late = try refusal(await runner.run(SleepLong(), for: ticket()))
      #expect(late.code == -32011)
      #expect(late.data.type == "deadline_exceeded")
      #expect(late.data.retryable)
      let running: Int = try await pool.shared.one(
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%'")
      #expect(running == 0)
      let write = try refusal(await runner.run(WriteSlowly(), for: ticket()))
      #expect(write.code == -32011)
      #expect(try await traces(pool) == 0)
    }
  }

  @Test func `an error that is not declared is an internal error and its text stays inside`() async throws {
    try await withRunner { runner, _ in
      for result in [
        await runner.run(BreakDown(), for: ticket()), await runner.run(FailUndeclared(), for: ticket()),
      ] {
        let told = try refusal(result)
        #expect(told.code == -32603)
        #expect(told.data.type == "internal_error")
        #expect(told.data.requestID == "r")
        #expect(!"\(result)".contains("secret"))
        #expect(!told.data.detail.contains("secret"))
      }
    }
  }

  @Test(arguments: [false, true])
  func `a call that lost against others is run again with nothing left of its attempts`(inDatabase: Bool) async throws {
    try await withRunner { runner, pool in
      let call = LoseRaces(times: 4, isSerialisationFailure: inDatabase)
      let answer = try await runner.run(call, for: ticket(requestID: "wins-\(inDatabase)")).get()
      #expect(String(decoding: answer.json, as: UTF8.self) == "5")
      #expect(try await traces(pool) == 1)
      let hopeless = LoseRaces(times: 99, isSerialisationFailure: inDatabase)
      let told = try refusal(await runner.run(hopeless, for: ticket(requestID: "loses-\(inDatabase)")))
      #expect(told.code == -32006)
      #expect(try await traces(pool) == 1)
    }
  }

  @Test func `a failed call frees its key and a kept answer is given again`() async throws {
    try await withRunner { runner, pool in
      let params = try JSONDocument(parsing: #"{"times":0,"isSerialisationFailure":false}"#).root
      let request = RPCRequest(id: .integer(1), method: LoseRaces.name, params: params)
      let slow = RPCRequest(id: .integer(1), method: BreakDown.name, params: nil)
      #expect(try refusal(await runner.run(slow, for: ticket(key: "k"))).code == -32603)
      let first = try await runner.run(request, for: ticket(requestID: "key-1", key: "k")).get()
      let again = try await runner.run(request, for: ticket(requestID: "key-2", key: "k")).get()
      #expect(!first.isReplayed)
      #expect(again.isReplayed)
      #expect(first.json == again.json)
      #expect(try await traces(pool) == 1)
      let wrong = RPCRequest(id: .integer(1), method: LoseRaces.name, params: nil)
      #expect(try refusal(await runner.run(wrong, for: ticket(key: "a key"))).code == -32602)
    }
  }
}
