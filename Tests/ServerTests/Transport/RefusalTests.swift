import Testing

@testable import Server

extension TransportTests {
  @Suite struct RefusalTests {
    @Test func `each refusal comes before the ones after it`() async throws {
      try await withServer(
        rateLimits: RateLimits(roles: [:], anonymous: .init(perSecond: 0.01, burst: 2)),
        origins: ["https://ours.example"]
      ) { server async throws in
        let foreign = ("Origin", "https://theirs.example")
        let bad = ("Authorization", "Bearer bad")
        let large = String(repeating: "x", count: 6 << 20)
        #expect(try await server.send("PUT", "/none", headers: [foreign, bad], body: large, type: "a/b").status == 404)
        let method = try await server.send("PUT", headers: [foreign, bad], body: large, type: "a/b")
        #expect(method.status == 405)
        #expect(method.headers["allow"] == "POST, OPTIONS")
        #expect(try await server.send(headers: [foreign, bad], body: large, type: "a/b").status == 415)
        #expect(try await server.send(headers: [foreign, bad], body: large).status == 403)
        let token = try await server.send(headers: [bad], body: large)
        #expect(token.status == 401)
        #expect(token.headers["www-authenticate"] == "Bearer")
        #expect(token.body == #"{"id":null,"error":{"code":-32001,"type":"unauthenticated"}}"#)
        #expect(try await server.send(body: large).status == 413)
        let limited = try await server.send(body: large)
        #expect(limited.status == 429)
        #expect(limited.headers["retry-after"] == "100")
        #expect(try await server.send(headers: [bad], body: large).status == 429)
        server.readiness.beginStopping()
        let unready = try await server.send(headers: [bad], body: large)
        #expect(unready.status == 503)
        #expect(unready.headers["retry-after"] == "1")
        #expect(unready.body.contains("-32010"))
        #expect(try await server.send(headers: [foreign], body: large).status == 403)
      }
    }

    @Test func `only JSON in UTF-8 is read`() async throws {
      let cases = [
        ("application/json", 200), ("application/json; charset=utf-8", 200),
        ("application/JSON;charset=\"UTF-8\"", 200),
        ("application/json-rpc", 200), ("application/vnd.x+json", 200), ("application/json; charset=latin1", 415),
        ("application/vnd.x+json; charset=utf-16", 415), ("text/plain", 415), ("application/xml", 415), ("", 415),
      ]
      try await withServer { server async throws in
        for (type, status) in cases {
          let answer = try await server.send(body: "{}", type: type.isEmpty ? nil : type, authorized: true)
          #expect(answer.status == status, "\(type)")
        }
      }
    }

    @Test func `a compressed body is not read`() async throws {
      try await withServer { server async throws in
        for (coding, status) in [("gzip", 415), ("identity, br", 415), ("identity", 200)] {
          let answer = try await server.send(headers: [("Content-Encoding", coding)], body: "{}", authorized: true)
          #expect(answer.status == status, "\(coding)")
        }
      }
    }

    @Test func `a head is refused like any other wrong method and has no body`() async throws {
      try await withServer { server async throws in
        let answer = try await server.send("HEAD", "/")
        #expect(answer.status == 405)
        #expect(answer.headers["allow"] == "GET, OPTIONS")
        #expect(answer.body.isEmpty)
      }
    }

    @Test func `without a token the document is served and 64 KiB are read`() async throws {
      try await withServer { server async throws in
        #expect(try await server.send("GET", "/").body == #"{"service":"echo"}"#)
        #expect(try await server.send("GET", "/openrpc.json?x").body == #"{"openrpc":"1.3.2"}"#)
        #expect(try await server.send(body: String(repeating: "x", count: 65_536)).status == 200)
        #expect(try await server.send(body: String(repeating: "x", count: 65_537)).status == 413)
        #expect(
          try await server.send(body: String(repeating: "x", count: 5 << 20), authorized: true).body
            .hasPrefix(#"{"bytes":5242880,"subject":"ada""#))
        #expect(
          try await server.send(body: String(repeating: "x", count: (5 << 20) + 1), authorized: true).status == 413)
      }
    }

    @Test func `a chunked body is counted`() async throws {
      var limits = TransportLimits()
      limits.anonymousBodyBytes = 1000
      limits.drainSeconds = 0.5
      try await withServer(limits: limits) { server async throws in
        let chunk = "3e8\r\n" + String(repeating: "x", count: 1000) + "\r\n"
        let head = server.rpcHead("Transfer-Encoding: chunked")
        let fits = try await server.raw([Piece(text: head + chunk + "0\r\n\r\n")], seconds: 2)
        #expect(fits.statuses == [200])
        let endless = try await server.raw([Piece(text: head + chunk + "1\r\nx\r\n")])
        #expect(endless.statuses == [413])
        #expect(endless.text.contains("connection: close") || endless.text.contains("Connection: close"))
        let closed = endless.closedAfterSeconds ?? 99
        #expect(closed < 4)
      }
    }

    @Test func `a declared length over the limit is refused before the body and the rest is dropped`() async throws {
      var limits = TransportLimits()
      limits.drainBytes = 1 << 20
      limits.drainSeconds = 1
      try await withServer(limits: limits) { server async throws in
        let head = server.rpcHead("Authorization: Bearer \(server.token)", length: 100 << 20)
        let waiting = try await server.raw([Piece(text: head)])
        #expect(waiting.statuses == [413])
        let closed = waiting.closedAfterSeconds ?? 99
        #expect((0.9...4).contains(closed))
        let pouring = try await server.raw([Piece(text: head + String(repeating: "x", count: 3 << 20))])
        #expect((pouring.closedAfterSeconds ?? 99) < 0.9)
      }
    }

    @Test func `a refusal of a short body keeps the connection`() async throws {
      try await withServer { server async throws in
        let refused = server.rpcHead("Authorization: Bearer bad", length: 2) + "{}"
        let served = server.rpcHead("Authorization: Bearer \(server.token)", length: 2) + "{}"
        let outcome = try await server.raw([Piece(text: refused + served)], seconds: 2)
        #expect(outcome.statuses == [401, 200])
      }
    }

    @Test func `the caller is asked to go on where it waits for that`() async throws {
      try await withServer { server async throws in
        let head = server.rpcHead("Expect: 100-continue", length: 2)
        let outcome = try await server.raw([Piece(text: head), Piece(text: "{}", pauseSeconds: 0.3)], seconds: 2)
        #expect(outcome.statuses == [100, 200])
        let refused = server.rpcHead("Expect: 100-continue", length: 70_000)
        #expect(try await server.raw([Piece(text: refused)], seconds: 2).statuses == [413])
      }
    }

    @Test func `more calls at once than the limit are refused`() async throws {
      var limits = TransportLimits()
      limits.callsInFlight = 2
      try await withServer(limits: limits) { server async throws in
        let statuses = try await withThrowingTaskGroup { group in
          for _ in 0..<6 { group.addTask { try await server.send(body: "slow", authorized: true).status } }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.filter { $0 == 200 }.count == 2)
        #expect(statuses.filter { $0 == 503 }.count == 4)
      }
    }
  }
}
