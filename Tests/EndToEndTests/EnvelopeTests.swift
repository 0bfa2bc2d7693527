import Foundation
import Testing

extension EndToEndTests {
  @Suite struct EnvelopeTests {
    private func batch(_ count: Int) -> String {
      let calls = (0..<count).map {
        #"{"jsonrpc":"2.0","id":\#($0),"method":"identities.resolve","params":{"kind":"email","value":"b\#($0)@x.example"}}"#
      }
      return "[" + calls.joined(separator: ",") + "]"
    }

    @Test func `notifications are carried out and not answered`() async throws {
      try await Wire.with { wire in
        let staff = try wire.suite.text("tokens/staff.jwt")
        let upsert =
          #"{"jsonrpc":"2.0","method":"profiles.upsert","params":{"source":"shop","externalId":"told","#
          + #""identifiers":[{"kind":"email","value":"told@x.example"}]}}"#
        for body in [upsert, "[\(upsert),\(upsert)]"] {
          let answer = try await wire.send(token: staff, body: .text(body))
          #expect((answer.status, answer.body) == (204, ""))
        }
        let found = try await wire.call("identities.resolve", #"{"kind":"email","value":"told@x.example"}"#)
        #expect(found.result?["customer"]?.string != nil)
      }
    }

    @Test func `a batch is answered in its order, up to 50 calls`() async throws {
      try await Wire.with { wire in
        let staff = try wire.suite.text("tokens/staff.jwt")
        let answer = try await wire.send(token: staff, body: .text(batch(50)))
        #expect(answer.status == 200)
        #expect(try answer.json.elements.map { $0["id"]?.integer } == Array(0..<50))
        for body in [batch(51), "[]"] {
          let refused = try await wire.send(token: staff, body: .text(body))
          #expect((refused.status, refused.code) == (200, -32600))
        }
        let keyed = try await wire.send(token: staff, headers: [("Idempotency-Key", "k")], body: .text(batch(2)))
        #expect((keyed.status, keyed.code) == (200, -32600))
        #expect(keyed.body.contains("_meta"))
        let mixed = try await wire.send(
          token: staff, body: .text("[1,{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"no\"}]"))
        #expect(try mixed.json.elements.map { $0["error"]?["code"]?.integer } == [-32600, -32601])
      }
    }

    @Test func `what is not strict JSON is a parse error, with a token and without`() async throws {
      try await Wire.with { wire in
        let staff = try wire.suite.text("tokens/staff.jwt")
        for text in ["{", "[1,]", #"{"a":1,"a":2}"#, "\u{feff}{}"] {
          let answer = try await wire.send(token: staff, body: .text(text))
          #expect((answer.status, answer.code, answer.type) == (200, -32700, "parse_error"))
          #expect(try answer.json["id"]?.isNull == true)
        }
        let unknown = try await wire.send(body: .text("{"))
        #expect((unknown.status, unknown.code) == (200, -32700))
      }
    }

    @Test func `params are read by name and unknown ones are named`() async throws {
      try await Wire.with { wire in
        let unknown = try await wire.call("identities.resolve", #"{"kind":"email","value":"a@x.example","more":1}"#)
        #expect(unknown.code == -32602)
        let path = try unknown.json["error"]?["data"]?["errors"]?.elements.map { $0["path"]?.string }
        #expect(path == ["/params/more"])
        let positional = try await wire.call("identities.resolve", #"["email","a@x.example"]"#)
        #expect(positional.code == -32602)
      }
    }

    @Test func `a key gives the first answer again and says so`() async throws {
      try await Wire.with { wire in
        let customer = try await wire.makeCustomer("key-1")
        func params(_ basis: String, meta: String = "") -> String {
          #"{"customer":"\#(customer)","purpose":"marketing","state":"granted","basis":"\#(basis)"\#(meta)}"#
        }
        let first = try await wire.call("consents.record", params("consent"), key: "once")
        let again = try await wire.call("consents.record", params("consent"), key: "once")
        let meta = try await wire.call(
          "consents.record", params("consent", meta: #","_meta":{"idempotencyKey":"once"}"#))
        #expect(first.code == nil)
        #expect(first.headers["idempotency-replayed"] == nil)
        for answer in [again, meta] {
          #expect(answer.headers["idempotency-replayed"] == "true")
          #expect(answer.body == first.body)
        }
        #expect(try await wire.call("consents.record", params("contract"), key: "once").code == -32007)
        let wrong = try await wire.call("consents.record", params("consent", meta: #","_meta":{"key":1}"#))
        #expect(wrong.code == -32602)
      }
    }

    @Test func `an envelope of over 1 MiB is taken when it is one bulk call`() async throws {
      try await Wire.with { wire in
        let staff = try wire.suite.text("tokens/staff.jwt")
        let padding = String(repeating: " ", count: 1 << 20)
        let small =
          #"{"jsonrpc":"2.0","id":1,"method":"identities.resolve","params":{"kind":"email","value":"a@x.example"}"#
        let large = try await wire.send(token: staff, body: .text(small + padding + "}"))
        #expect((large.status, large.code) == (413, -32005))
        let rows = (0..<500).map { row in
          let text = String(repeating: "t", count: 8000)
          return #"{"sku":"BULK-\#(row)","name":"Bulk \#(row)","attributes":{"text":"\#(text)"}}"#
        }
        let bulk =
          #"{"jsonrpc":"2.0","id":1,"method":"products.import","params":{"rows":[\#(rows.joined(separator: ","))]}}"#
        #expect(bulk.utf8.count > 4_000_000)
        let taken = try await wire.send(token: staff, body: .text(bulk))
        #expect(taken.result?["accepted"]?.integer == 500, "\(taken.body.prefix(300))")
        let inBatch = try await wire.send(token: staff, body: .text("[\(bulk)]"))
        #expect((inBatch.status, inBatch.code) == (413, -32005))
      }
    }

    @Test func `rate limits count the calls of a batch`() async throws {
      try await Wire.with { wire in
        let customer = try await wire.makeCustomer("rate-1")
        let token = try await wire.suite.token("customer", "--customer", customer, "--subject", "rate-1")
        #expect(try await wire.send(token: token, body: .text(batch(30))).status == 200)
        let refused = try await wire.send(token: token, body: .text(batch(45)))
        #expect((refused.status, refused.code, refused.type) == (429, -32005, "limit_exceeded"))
        #expect((refused.headers["retry-after"].flatMap { Int($0) } ?? 0) >= 1)
        let staff = try wire.suite.text("tokens/staff.jwt")
        for _ in 0..<5 { #expect(try await wire.send(token: staff, body: .text(batch(50))).status == 200) }
      }
    }
  }
}
