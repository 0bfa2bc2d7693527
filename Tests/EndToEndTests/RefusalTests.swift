import Foundation
import Testing

extension EndToEndTests {
  @Suite struct RefusalTests {
    private let discover = Wire.Body.text(#"{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}"#)

    @Test(arguments: [(false, "HTTP/1.1"), (true, "HTTP/2.0")])
    func `both versions of HTTP serve the welcome, the contract and calls`(http2: Bool, version: String) async throws {
      try await Wire.with(http2: http2) { wire in
        for service in ServiceName.allCases {
          let welcome = try await wire.send("GET", "/", to: service, type: nil)
          #expect(welcome.status == 200)
          #expect(welcome.version == version)
          #expect(try welcome.json["service"]?.string == service.rawValue)
          #expect(welcome.headers["date"]?.hasSuffix(" GMT") == true)
          let contract = try await wire.send("GET", "/openrpc.json", to: service, type: nil)
          let discovered = try await wire.send(to: service, body: discover)
          #expect(contract.status == 200)
          #expect(try contract.json.rawBytes == discovered.result?.rawBytes)
          #expect(discovered.status == 200)
          #expect(discovered.version == version)
        }
      }
    }

    @Test func `what is no call is refused by the terms of HTTP`() async throws {
      try await Wire.with { wire in
        let nowhere = try await wire.send("POST", "/nowhere", body: discover)
        #expect((nowhere.status, nowhere.code) == (404, -32600))
        let get = try await wire.send("GET", "/rpc", type: nil)
        #expect((get.status, get.code, get.headers["allow"]) == (405, -32600, "POST, OPTIONS"))
        let text = try await wire.send(type: "text/plain", body: discover)
        #expect((text.status, text.code) == (415, -32600))
        let latin = try await wire.send(type: "application/json; charset=latin1", body: discover)
        #expect(latin.status == 415)
        #expect(try await wire.send(type: "application/json-rpc; charset=UTF-8", body: discover).status == 200)
        for answer in [nowhere, get, text] { #expect(try answer.json["id"]?.isNull == true) }
      }
    }

    @Test func `pages of allowed origins alone may call`() async throws {
      try await Wire.with { wire in
        let foreign = try await wire.send(headers: [("Origin", "https://evil.example")], body: discover)
        #expect((foreign.status, foreign.code) == (403, -32600))
        #expect(foreign.headers["access-control-allow-origin"] == nil)
        let allowed = try await wire.send(headers: [("Origin", Suite.origin)], body: discover)
        #expect(allowed.status == 200)
        #expect(allowed.headers["access-control-allow-origin"] == Suite.origin)
        #expect(allowed.headers["access-control-expose-headers"]?.contains("Idempotency-Replayed") == true)
        let asked = [("Origin", Suite.origin), ("Access-Control-Request-Method", "POST")]
        let preflight = try await wire.send("OPTIONS", headers: asked, type: nil)
        #expect(preflight.status == 204)
        #expect(preflight.headers["access-control-allow-headers"]?.contains("Idempotency-Key") == true)
      }
    }

    @Test(arguments: [false, true])
    func `a body over the limit is refused whether its length is told or not`(http2: Bool) async throws {
      try await Wire.with(http2: http2) { wire in
        let staff = try wire.suite.text("tokens/staff.jwt")
        let chunk = String(repeating: " ", count: 1 << 16)
        for token in [staff, nil] {
          let chunks = token == nil ? 2 : 81
          let told = Wire.Body.text(String(repeating: chunk, count: chunks))
          for body in [told, .chunks(chunk, count: chunks)] {
            let answer = try await wire.send(token: token, body: body)
            #expect((answer.status, answer.code, answer.type) == (413, -32005, "limit_exceeded"))
          }
        }
        #expect(try await wire.send(token: staff, body: discover).status == 200)
      }
    }

    @Test func `a body that stops coming is cut off`() async throws {
      let suite = try await Suite.shared()
      let connection = try await RawConnection(suite)
      try await connection.write(
        "POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{")
      try await eventually("the body is refused") { connection.text.contains("\"type\":\"limit_exceeded\"") }
      #expect(connection.text.hasPrefix("HTTP/1.1 408 "))
      try await eventually("the connection is closed") { connection.isClosed }
    }
  }
}
