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
    deadline: Duration = .seconds(10), clients: ClientAccess? = nil,
    _ body: (CallRunner, PostgresPool) async throws -> Void
  ) async throws {
    try await withDatabase(template: Template.migrated()) { pool in
      try await pool.transaction { try await $0.execute("CREATE TABLE traces (attempt integer)") }
      let clock = TestClock()
      var runner = CallRunner(
        service: OddService.self, pool: pool, clock: { clock.now }, ids: IDGenerator(clock: { clock.now }),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, committed: {})
      runner.deadline = { _ in deadline }
      runner.clients = clients
      try await body(runner, pool)
    }
  }

  private func ticket(
    _ principal: Principal? = .staff, requestID: String = "r", key: String? = nil,
    certificate: ClientCertificate? = nil
  ) -> Ticket {
    let caller = Caller(
      principal: principal, address: "127.0.0.1", requestID: requestID, trace: TraceContext(), idempotencyKey: key,
      clientCertificate: certificate, limiter: .unlimited)
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
        """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND state = 'active' AND query LIKE 'SELECT pg_sleep%'
        """)
      #expect(running == 0)
      let write = try refusal(await runner.run(WriteSlowly(), for: ticket()))
      #expect(write.code == -32011)
      #expect(try await traces(pool) == 0)
    }
  }

  @Test func `a call whose caller has left is ended, and its statement too`() async throws {
    try await withRunner { runner, pool in
      let statements: SQL =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
      let ticket = ticket()
      let call = Task { await runner.run(SleepLong(), for: ticket) }
      while try await pool.shared.one(statements, as: Int.self) == 0 { try await Task.sleep(for: .milliseconds(5)) }
      call.cancel()
      #expect(try refusal(await call.value).code == -32010)
      let running: Int = try await pool.shared.one(statements)
      #expect(running == 0)
      #expect(pool.statistics.idle == pool.statistics.size)
    }
  }

  @Test(arguments: ["53100", "53200", "53300", "58030", "25006"])
  func `what the database lacks for a time may be asked again`(state: String) async throws {
    try await withRunner { runner, _ in
      let told = try refusal(await runner.run(MeetTrouble(sqlState: state), for: ticket()))
      #expect(told.code == -32010)
      #expect(told.data.retryable)
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

  @Test func `a client's certificate is held to the list beside the token's role and scopes`() async throws {
    let folder = try TestAuthority()
    defer { folder.remove() }
    let path = "\(folder.folder.path)/clients"
    try "spiffe://ecrm/erp oddities.break".write(toFile: path, atomically: true, encoding: .utf8)
    let list = try Reloaded(
      "The list was", from: [path], failures: PrometheusMetrics().counter("failures"),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) { try ClientAllowList(parsing: String(decoding: $0[0], as: UTF8.self)) }
    let erp = ClientCertificate(names: ["spiffe://ecrm/erp"], serial: "1")
    let other = ClientCertificate(names: ["spiffe://ecrm/other"], serial: "2")
    let integration = Principal(issuer: "ecrm", subject: "erp", role: .service, scopes: ["oddities:read"])
    let unscoped = Principal(issuer: "ecrm", subject: "erp", role: .service, scopes: [])
    /// The codes that a method which breaks down is answered with: -32603 where it was let in.
    func codes(_ rule: ClientCertificateRule) async throws -> [Int] {
      var codes: [Int] = []
      try await withRunner(clients: ClientAccess(rule: rule, list: list)) { runner, _ in
        for (principal, certificate) in [
          (Principal.staff, erp), (.staff, other), (.staff, nil), (integration, erp), (integration, other),
          (integration, nil), (unscoped, erp),
        ] {
          let result = await runner.run(BreakDown(), for: ticket(principal, certificate: certificate))
          codes.append(try refusal(result).code)
        }
        #expect(try refusal(await runner.run(FailUndeclared(), for: ticket(certificate: erp))).code == -32003)
        let open = await runner.run(Discover(), for: ticket(nil, certificate: other))
        #expect((try? open.get()) != nil)
      }
      return codes
    }
    #expect(try await codes(.required) == [-32603, -32003, -32003, -32603, -32003, -32003, -32003])
    #expect(try await codes(.services) == [-32603, -32003, -32603, -32603, -32003, -32003, -32003])
    #expect(try await codes(.optional) == [-32603, -32003, -32603, -32603, -32003, -32603, -32003])
    try "! broken".write(toFile: path, atomically: true, encoding: .utf8)
    #expect(!list.look())
    #expect(try await codes(.required).first == -32603)
    try "".write(toFile: path, atomically: true, encoding: .utf8)
    #expect(list.look())
    #expect(try await codes(.required).allSatisfy { $0 == -32003 })
  }
}
