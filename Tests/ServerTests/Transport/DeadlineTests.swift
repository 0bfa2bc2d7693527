import AsyncHTTPClient
import NIOCore
import Testing

@testable import Server

extension TransportTests {
  @Suite struct DeadlineTests {
    let limits: TransportLimits

    init() {
      var limits = TransportLimits()
      // Far above what a machine that is busy with the other tests takes for what is to be in time.
      limits.handshakeSeconds = 1.5
      limits.headerSeconds = 1.5
      limits.bodyIdleSeconds = 1.5
      limits.idleSeconds = 2.5
      limits.drainSeconds = 0.5
      self.limits = limits
    }

    @Test func `half a handshake is cut off`() async throws {
      try await withServer(limits: limits) { server async throws in
        let silent = try await server.raw([], secure: false)
        #expect((1.4...6).contains(silent.closedAfterSeconds ?? 99))
        let half = try await server.raw([Piece(text: "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}")], secure: false)
        #expect((1.4...6).contains(half.closedAfterSeconds ?? 99))
        let metrics = try await server.admin("/metrics").body
        #expect(metrics.contains("tls_handshake_failures_total{service=\"echo\"} 1\n"))
      }
    }

    @Test func `slow headers are cut off, however they drip`() async throws {
      try await withServer(limits: limits) { server async throws in
        let silent = try await server.raw([])
        #expect((1.4...6).contains(silent.closedAfterSeconds ?? 99))
        let drip = (0..<30).map { _ in Piece(text: "X-A: b\r\n", pauseSeconds: 0.1) }
        let dripping = try await server.raw([Piece(text: "POST /rpc HTTP/1.1\r\n")] + drip)
        #expect((1.4...6).contains(dripping.closedAfterSeconds ?? 99))
        let second = [
          Piece(text: server.rpcHead(length: 2) + "{}"), Piece(text: "POST /rpc HTTP/1.1\r\n", pauseSeconds: 0.3),
        ]
        let kept = try await server.raw(second + drip)
        #expect(kept.statuses == [200])
        #expect((1.7...6).contains(kept.closedAfterSeconds ?? 99))
      }
    }

    @Test func `an idle connection is closed`() async throws {
      try await withServer(limits: limits) { server async throws in
        let idle = try await server.raw([Piece(text: server.rpcHead(length: 2) + "{}")])
        #expect(idle.statuses == [200])
        #expect((2.4...6).contains(idle.closedAfterSeconds ?? 99))
      }
    }

    @Test func `a body that stops is answered with 408`() async throws {
      try await withServer(limits: limits) { server async throws in
        let outcome = try await server.raw([Piece(text: server.rpcHead(length: 100) + "{")])
        #expect(outcome.statuses == [408])
        #expect(outcome.text.contains(#""code":-32005"#))
        #expect((1.4...6).contains(outcome.closedAfterSeconds ?? 99))
      }
    }

    @Test func `a body that drips is answered with 408`() async throws {
      try await withServer(limits: limits) { server async throws in
        let drip = (0..<40).map { _ in Piece(text: "x", pauseSeconds: 0.1) }
        let outcome = try await server.raw([Piece(text: server.rpcHead(length: 1000))] + drip)
        #expect(outcome.statuses == [408])
        #expect((1.4...6).contains(outcome.closedAfterSeconds ?? 99))
        let steady = (0..<12).map { _ in Piece(text: String(repeating: "x", count: 800), pauseSeconds: 0.1) }
        let served = try await server.raw([Piece(text: server.rpcHead(length: 9600))] + steady, seconds: 3)
        #expect(served.statuses == [200])
      }
    }

    @Test func `a body that ends before its length is 400`() async throws {
      try await withServer(limits: limits) { server async throws in
        let outcome = try await server.raw([
          Piece(text: server.rpcHead("Transfer-Encoding: chunked") + "zz\r\n")
        ])
        #expect(outcome.statuses == [400])
        #expect(outcome.closedAfterSeconds != nil)
      }
    }

    @Test func `headers over the limit are refused`() async throws {
      try await withServer(limits: limits) { server async throws in
        let many = (0..<101).map { "X-\($0): a" }.joined(separator: "\r\n")
        let first = try await server.raw([Piece(text: server.rpcHead(many, length: 0))])
        #expect(first.statuses == [431])
        let long = "X-Long: " + String(repeating: "x", count: 17_000)
        let second = try await server.raw([Piece(text: server.rpcHead(long, length: 0))])
        #expect(second.statuses == [431])
      }
    }

    @Test(arguments: [
      "Host: localhost", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: xchunked",
      "Transfer-Encoding: \r\nContent-Length: 0",
    ])
    func `what others may read differently is the last to be answered`(field: String) async throws {
      try await withServer(limits: limits) { server async throws in
        let good = server.rpcHead(length: 2) + "{}"
        let doubtful = server.rpcHead(field) + "0\r\n\r\n"
        let outcome = try await server.raw([Piece(text: good + doubtful + good)])
        #expect(outcome.statuses == [200, 400])
        #expect(outcome.closedAfterSeconds != nil)
        let tunnel = try await server.raw([Piece(text: good + "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n" + good)])
        #expect(tunnel.statuses == [200, 404])
        #expect(tunnel.closedAfterSeconds != nil)
        let upgrade = server.rpcHead("Connection: Upgrade", "Upgrade: h2c", length: 2) + "{}"
        let upgraded = try await server.raw([Piece(text: upgrade + good)])
        #expect(upgraded.statuses == [200])
        #expect(upgraded.closedAfterSeconds != nil)
      }
    }

    @Test func `pipelined requests are answered in order`() async throws {
      try await withServer(limits: limits) { server async throws in
        let slow = server.rpcHead(length: 4) + "slow"
        let many = (0..<10).map { server.rpcHead("X-Request-ID: r\($0)", length: 2) + "{}" }.joined()
        let outcome = try await server.raw([Piece(text: slow + many)], seconds: 3)
        #expect(outcome.statuses == Array(repeating: 200, count: 11))
        let order = outcome.text.split(separator: #""requestID":"r"#).dropFirst().compactMap { Int($0.prefix(1)) }
        #expect(order == Array(0..<10))
      }
    }

    @Test func `a slow body of a stream ends that stream alone`() async throws {
      try await withServer(limits: limits, http2: true) { server async throws in
        var request = HTTPClientRequest(url: "https://127.0.0.1:\(server.ports.calls)/rpc")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        let stalled = AsyncStream<ByteBuffer> { continuation in continuation.yield(ByteBuffer(string: "{")) }
        request.body = .stream(stalled, length: .known(Int64(100)))
        let sent = request
        async let slow = server.client.execute(sent, timeout: .seconds(5))
        try await Task.sleep(for: .milliseconds(200))
        #expect(try await server.send(body: "{}").version == "HTTP/2.0")
        let answer = try await slow
        #expect(answer.status == .requestTimeout)
        #expect(try await server.send(body: "{}").status == 200)
      }
    }
  }
}
