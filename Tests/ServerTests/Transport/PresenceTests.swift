import AsyncHTTPClient
import NIOCore
import Testing

@testable import Server

extension TransportTests {
  @Suite struct PresenceTests {
    /// Waits until so many requests are being answered.
    private func inFlight(_ count: Int, _ server: TestServer) async throws -> Bool {
      for _ in 0..<500 {
        let metrics = try await server.admin("/metrics").body
        if metrics.contains("http_requests_in_flight{service=\"echo\"} \(count)\n") { return true }
        try await Task.sleep(for: .milliseconds(10))
      }
      return false
    }

    @Test(arguments: [false, true])
    func `a call whose caller leaves is cancelled`(http2: Bool) async throws {
      try await withServer(http2: http2) { server async throws in
        let other = try await server.send(body: "{}", authorized: true)
        #expect(other.status == 200)
        let calls = (0..<3).map { _ in Task { try await server.send(body: "endless", authorized: true) } }
        #expect(try await inFlight(3, server))
        for call in calls { call.cancel() }
        for call in calls { _ = await call.result }
        #expect(try await inFlight(0, server))
        // What has left is not held against the streams beside it, nor against the next connection.
        let next = try await server.send(body: "{}", authorized: true)
        #expect(next.status == 200)
      }
    }

    @Test func `a stream that is given up leaves the connection's other calls alone`() async throws {
      try await withServer(http2: true) { server async throws in
        let kept = Task { try await server.send(body: "slow", authorized: true) }
        let given = Task { try await server.send(body: "endless", authorized: true) }
        #expect(try await inFlight(2, server))
        given.cancel()
        _ = await given.result
        let answer = try await kept.value
        #expect(answer.body == #"{"slow":true}"#)
        #expect(try await inFlight(0, server))
      }
    }
  }
}
