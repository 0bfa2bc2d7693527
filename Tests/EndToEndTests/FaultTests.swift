import Foundation
import Postgres
import Synchronization
import Testing

extension EndToEndTests {
  @Suite struct FaultTests {
    /// Consents that clients record until they are told to stop, each with a key of its own: what was acknowledged.
    private final class Load: Sendable {
      let name: String
      private let state = Mutex((acknowledged: [String](), isOver: false))

      init(_ name: String) {
        self.name = name
      }

      var acknowledged: [String] { state.withLock { $0.acknowledged } }

      func stop() { state.withLock { $0.isOver = true } }

      /// One client: a call that gets no answer, or one that may be repeated, is sent again with its key.
      func run(_ client: Int, customer: String, _ wire: Wire) async throws {
        var number = 0
        while !state.withLock({ $0.isOver }) {
          let mark = "\(name)-\(client)-\(number)"
          number += 1
          let params = #"{"customer":"\#(customer)","purpose":"service","state":"granted","basis":"\#(mark)"}"#
          try await eventually("\(mark) is recorded", within: .seconds(30)) {
            guard let answer = try? await wire.call("consents.record", params, key: mark) else { return false }
            if answer.code == nil, answer.status == 200 { return true }
            let mayRepeat = try answer.json["error"]?["data"]?["retryable"]?.bool
            #expect(mayRepeat == true, "\(answer.body)")
            return false
          }
          state.withLock { $0.acknowledged.append(mark) }
        }
      }
    }

    /// Does harm while clients write, and looks at what became of their writes.
    private func withstand(_ name: String, _ harm: @escaping @Sendable (Wire) async throws -> Void) async throws {
      try await Wire.with { wire in
        let load = Load(name)
        let customer = try await wire.makeCustomer(name)
        try await withThrowingTaskGroup(of: Void.self) { group in
          for client in 0..<8 { group.addTask { try await load.run(client, customer: customer, wire) } }
          try await eventually("clients write") { load.acknowledged.count > 40 }
          try await harm(wire)
          let before = load.acknowledged.count
          let start = ContinuousClock.now
          try await eventually("clients write again") { load.acknowledged.count > before + 40 }
          #expect(ContinuousClock.now - start < .seconds(10))
          load.stop()
          try await group.waitForAll()
        }
        let database = try wire.suite.database()
        let stored: [String] = try await database.shared.all(
          "SELECT basis FROM base.consents WHERE basis LIKE \(name + "-%") ORDER BY basis")
        database.close()
        #expect(stored == load.acknowledged.sorted())
      }
    }

    @Test func `a service that is killed loses no acknowledged write and doubles none`() async throws {
      for round in 1...2 {
        try await withstand("killed-service-\(round)") { wire in
          let pid = try wire.suite.pid(.channelIntegration)
          kill(pid, SIGKILL)
          try await eventually("another process serves") {
            let next = try? wire.suite.pid(.channelIntegration)
            guard let next, next != pid else { return false }
            return await wire.isReady(.channelIntegration)
          }
        }
      }
    }

    @Test func `a database that is killed loses no acknowledged write and the services live on`() async throws {
      try await withstand("killed-database") { wire in
        let services = try ServiceName.allCases.map { try wire.suite.pid($0) }
        let postmaster = try wire.suite.postmaster
        kill(postmaster, SIGKILL)
        try await eventually("the database is back") {
          let next = try? wire.suite.postmaster
          guard let next, next != postmaster, next != 0 else { return false }
          for service in ServiceName.allCases where await !wire.isReady(service) { return false }
          return true
        }
        let still = try ServiceName.allCases.map { try wire.suite.pid($0) }
        let told = try wire.suite.text("logs/supervisor.log")
        #expect(still == services, "\(told.suffix(1000))")
      }
    }

    @Test func `a job is carried out though the service is killed`() async throws {
      try await Wire.with { wire in
        let started = try await wire.call("recommendations.train", #"{"signals":"orders"}"#, of: .expansion)
        kill(try wire.suite.pid(.expansion), SIGKILL)
        let job = try #require(started.result?["job"]?.string, "\(started.body)")
        try await eventually("the job has ended") {
          let answer = try? await wire.call("jobs.get", #"{"job":"\#(job)"}"#, of: .expansion)
          guard let state = answer?.result?["state"]?.string else { return false }
          return !["queued", "running"].contains(state)
        }
        try await eventually("expansion is ready") { await wire.isReady(.expansion) }
      }
    }

    @Test func `a service that is told to end finishes what it has begun`() async throws {
      try await Wire.with { wire in
        let body = #"{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}"#
        let connection = try await RawConnection(wire.suite, .performanceMeasurement)
        try await connection.write(
          "POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)"
            + "\r\n\r\n" + body.dropLast(5))
        let pid = try wire.suite.pid(.performanceMeasurement)
        kill(pid, SIGTERM)
        try await eventually("it is not ready any more") { await !wire.isReady(.performanceMeasurement) }
        try await connection.write(String(body.suffix(5)))
        try await eventually("the call is answered") { connection.text.contains(#""id":1"#) }
        #expect(connection.text.hasPrefix("HTTP/1.1 200 "))
        await connection.close()
        try await eventually("another process serves") {
          guard let next = try? wire.suite.pid(.performanceMeasurement), next != pid else { return false }
          return await wire.isReady(.performanceMeasurement)
        }
      }
    }

    @Test func `the database's log has no warnings of the services' making`() async throws {
      let log = try await Suite.shared().text("logs/postgres.log")
      #expect(!log.contains("there is no transaction in progress"))
      #expect(!log.contains("ERROR:  syntax error"))
    }
  }
}
