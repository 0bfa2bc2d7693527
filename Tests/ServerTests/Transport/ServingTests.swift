import AsyncHTTPClient
import Foundation
import NIOSSL
import Testing

@testable import Server

extension TransportTests {
  @Suite struct ServingTests {
    @Test(arguments: [(false, "HTTP/1.1"), (true, "HTTP/2.0")])
    func `both versions of HTTP are served`(http2: Bool, version: String) async throws {
      try await withServer(http2: http2) { server async throws in
        let answer = try await server.send(
          headers: [
            ("X-Request-ID", "abc.1"), ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
          ], body: "{}", authorized: true)
        #expect(answer.version == version)
        #expect(answer.status == 200)
        #expect(
          answer.body
            == #"{"bytes":2,"subject":"ada","requestID":"abc.1","trace":"4bf92f3577b34da6a3ce929d0e0e4736","names":""}"#
        )
        #expect(answer.headers["x-request-id"] == "abc.1")
        #expect(answer.headers["content-type"] == "application/json")
        #expect(answer.headers["x-content-type-options"] == "nosniff")
        #expect(answer.headers["cache-control"] == "no-store")
        let made = try await server.send(headers: [("X-Request-ID", "a b\u{22}<")], body: "notify")
        #expect(made.status == 204)
        #expect(made.body.isEmpty)
        #expect(made.headers["x-request-id"]?.count == 32)
        let large = try await server.send(body: String(repeating: "x", count: 6 << 20), authorized: true)
        #expect(large.status == 413)
        let statuses = try await withThrowingTaskGroup { group in
          for _ in 0..<50 { group.addTask { try await server.send(body: "{}", authorized: true).status } }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 200, count: 50))
      }
    }

    @Test func `TLS is 1_2 or 1_3 with the six suites`() async throws {
      try await withServer { server async throws in
        func status(_ minimum: TLSVersion, _ maximum: TLSVersion, _ suites: [NIOTLSCipher] = []) async throws -> Int {
          let client = try makeClient(server.authority, minimum: minimum, maximum: maximum, suites: suites)
          // The client takes its time to close a connection, for which this test need not wait.
          defer { Task { try? await client.shutdown() } }
          return try await server.send("GET", "/", type: nil, client: client).status
        }
        #expect(try await status(.tlsv13, .tlsv13) == 200)
        for suite: NIOTLSCipher in [
          .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
          .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        ] {
          #expect(try await status(.tlsv12, .tlsv12, [suite]) == 200)
        }
        await #expect(throws: (any Error).self) {
          try await status(.tlsv12, .tlsv12, [.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA])
        }
        await #expect(throws: (any Error).self) { try await status(.tlsv1, .tlsv11) }
      }
    }

    @Test func `health and metrics are on the admin port alone`() async throws {
      let isUp = Switch()
      let check: Readiness.Check = { isUp.isOn ? .up : .down("no database at ada@example.com") }
      try await withServer(checks: [("database", check)]) { server async throws in
        let ready = try await server.admin("/health/ready")
        #expect(ready.status == 200)
        #expect(ready.body.hasPrefix(#"{"status":"UP","checks":[{"name":"database","status":"UP","latencyMs":"#))
        #expect(try await server.admin("/health/live").body == #"{"status":"UP"}"#)
        #expect(try await server.admin("/health/started").status == 200)
        #expect(try await server.admin("/rpc").status == 404)
        #expect(try await server.send("GET", "/metrics", type: nil).status == 404)
        #expect(try await server.send(body: "{}").status == 200)
        let metrics = try await server.admin("/metrics").body
        #expect(metrics.contains("build_info{service=\"echo\",version=\"1.0\"} 1\n"))
        #expect(metrics.contains("http_requests_total{service=\"echo\",status=\"200\"} 1\n"))
        #expect(metrics.contains("http_request_bytes_total{service=\"echo\"} 2\n"))
        isUp.isOn = false
        await server.readiness.refresh()
        let down = try await server.admin("/health/ready")
        #expect(down.status == 503)
        #expect(down.body.contains(#""reason":"no database at [email]""#))
        #expect(try await server.send(body: "{}").status == 503)
        #expect(try await server.admin("/health/live").status == 200)
        #expect(try await server.admin("/health/started").status == 200)
      }
    }

    @Test func `a check that hangs is down`() async throws {
      let readiness = Readiness(
        checks: [("stuck", { (try? await Task.sleep(for: .seconds(60))) == nil ? .up : .up })], timeoutSeconds: 0.1)
      await readiness.refresh()
      #expect(!readiness.isReady)
      #expect(String(decoding: readiness.report(), as: UTF8.self).contains("took longer than"))
    }

    @Test(arguments: [false, true])
    func `on shutdown the service drains, finishes what it has in hand and stops`(http2: Bool) async throws {
      try await withServer(drainSeconds: 1.5, http2: http2) { server async throws in
        async let inHand = server.send(body: "slower", authorized: true)
        try await Task.sleep(for: .milliseconds(100))
        await server.group.triggerGracefulShutdown()
        try await eventually { try await server.admin("/health/ready").status == 503 }
        let draining = try await server.send(body: "{}")
        #expect(draining.status == 200)
        // HTTP/2 says goodbye in another way.
        #expect(draining.headers["connection"] == (http2 ? nil : "close"))
        let late = try makeClient(server.authority)
        #expect(try await inHand.body == #"{"slow":true}"#)
        try await Task.sleep(for: .milliseconds(300))
        await #expect(throws: (any Error).self) { try await server.send(body: "{}", client: late) }
        try await late.shutdown()
      }
    }

    @Test func `a request that is on its way when the service stops is answered`() async throws {
      try await withServer { server async throws in
        let request = server.rpcHead(length: 2) + "{}"
        let onItsWay = Piece(text: request) { read in
          try await eventually { read.text.contains(#""bytes":2"#) }
          await server.group.triggerGracefulShutdown()
          try await eventually { !server.readiness.takesCalls }
        }
        let outcome = try await server.raw([Piece(text: request), onItsWay])
        #expect(outcome.statuses == [200, 503])
        #expect(outcome.text.contains("connection: close") || outcome.text.contains("Connection: close"))
      }
    }

    @Test func `health is answered while every connection is taken`() async throws {
      var limits = TransportLimits()
      limits.connections = 5
      limits.handshakeSeconds = 1.5
      try await withServer(limits: limits) { server async throws in
        let hostile = (0..<8).map { _ in Task { try await server.raw([], secure: false, seconds: 5) } }
        try await Task.sleep(for: .milliseconds(300))
        #expect(try await server.admin("/health/live").status == 200)
        let start = ContinuousClock.now
        #expect(try await server.send(body: "{}").status == 200)
        #expect(ContinuousClock.now - start < .seconds(5))
        for task in hostile { _ = try await task.value }
      }
    }
  }
}
