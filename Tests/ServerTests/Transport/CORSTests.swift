import Testing

@testable import Server

extension TransportTests {
  @Suite struct CORSTests {
    private let ours = ("Origin", "https://ours.example")
    private let theirs = ("Origin", "https://theirs.example")

    @Test func `an origin on the list may call and read`() async throws {
      try await withServer(origins: ["https://ours.example"]) { server async throws in
        let answer = try await server.send(headers: [ours], body: "replay")
        #expect(answer.status == 200)
        #expect(answer.headers["access-control-allow-origin"] == "https://ours.example")
        #expect(answer.headers["access-control-expose-headers"] == "Idempotency-Replayed, Retry-After, X-Request-ID")
        #expect(answer.headers["access-control-allow-credentials"] == nil)
        #expect(answer.headers["vary"] == "Origin")
        #expect(answer.headers["idempotency-replayed"] == "true")
        let refused = try await server.send(headers: [ours, ("Authorization", "Bearer bad")], body: "{}")
        #expect(refused.status == 401)
        #expect(refused.headers["access-control-allow-origin"] == "https://ours.example")
      }
    }

    @Test func `an origin must be on the list exactly`() async throws {
      let origins = [
        "https://theirs.example", "http://ours.example", "https://ours.example:8443", "https://ours.example.evil",
        "null",
        "https://OURS.example", "https://ours.example/", "*",
      ]
      try await withServer(origins: ["https://ours.example"]) { server async throws in
        for origin in origins {
          let answer = try await server.send(headers: [("Origin", origin)], body: "{}")
          #expect(answer.status == 403)
          #expect(answer.headers["access-control-allow-origin"] == nil)
          #expect(try await server.send("OPTIONS", headers: [("Origin", origin)], type: nil).status == 403)
          #expect(try await server.send("GET", "/", headers: [("Origin", origin)], type: nil).status == 403)
        }
      }
    }

    @Test func `a preflight is answered before anything but 404`() async throws {
      try await withServer(origins: ["https://ours.example"]) { server async throws in
        server.readiness.beginStopping()
        let request = [
          ours, ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "authorization"),
        ]
        let answer = try await server.send("OPTIONS", headers: request, type: nil)
        #expect(answer.status == 204)
        #expect(answer.headers["access-control-allow-origin"] == "https://ours.example")
        #expect(answer.headers["access-control-allow-methods"] == "POST, OPTIONS")
        #expect(answer.headers["access-control-allow-headers"]?.contains("Idempotency-Key") == true)
        #expect(answer.headers["content-length"] == nil)
        #expect(try await server.send("OPTIONS", "/none", headers: request, type: nil).status == 404)
        #expect(try await server.send("OPTIONS", type: nil).headers["allow"] == "POST, OPTIONS")
      }
    }

    @Test func `a collect route takes any origin and a write key`() async throws {
      try await withServer { server async throws in
        let user = ("Authorization", "Basic d3JpdGUta2V5Og==")
        let answer = try await server.send(
          "POST", "/v1/track?a=b", headers: [theirs, user], body: "{}", type: "text/plain;charset=UTF-8")
        #expect(answer.status == 200)
        #expect(answer.body == #"{"success":true,"user":"write-key"}"#)
        #expect(answer.headers["access-control-allow-origin"] == "*")
        #expect(answer.headers["x-query"] == "a=b")
        let preflight = try await server.send("OPTIONS", "/v1/track", headers: [theirs], type: nil)
        #expect(preflight.headers["access-control-allow-origin"] == "*")
        #expect(try await server.send("POST", "/v1/track", body: "{}", type: "image/png").status == 415)
        #expect(try await server.send("GET", "/v1/track", type: nil).status == 405)
        let large = String(repeating: "x", count: 1001)
        #expect(try await server.send("POST", "/v1/track", body: large).status == 413)
        #expect(try await server.send(headers: [user], body: "{}").status == 401)
      }
    }
  }
}
