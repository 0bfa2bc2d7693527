import Foundation
import Testing

@testable import Tool

struct JSONLinesTests {
  @Test func `each line of a file is a row and blank lines are none`() async throws {
    try await withStateFolder { state in
      let path = state.path + "/rows.jsonl"
      try Files.write("{\"sku\":\"A\"}\n\n  \n{\"sku\":\"B\"}", to: path, mode: 0o600)
      let phase = try JSONLines.phase(path, kind: .products, source: nil)
      #expect(phase.count == 2)
      var parts = LoadParts(phase)
      let part = try #require(try parts.next())
      #expect(String(decoding: part.params, as: UTF8.self) == #"{"rows":[{"sku":"A"},{"sku":"B"}]}"#)
      #expect(try parts.next() == nil)
    }
  }

  @Test func `a line that is no object is told before anything is sent`() async throws {
    try await withStateFolder { state in
      let path = state.path + "/rows.jsonl"
      for line in ["{\"sku\":}", "[1]", "{\"sku\":\"A\"} {\"sku\":\"B\"}"] {
        try Files.write("{\"sku\":\"A\"}\n\(line)\n", to: path, mode: 0o600)
        let fault = #expect(throws: Fault.self) { try JSONLines.phase(path, kind: .products, source: nil) }
        #expect(fault?.description.hasPrefix("Line 2 of \(path) is no JSON object") == true)
      }
    }
  }

  @Test func `rows go to the method of their kind with their source`() throws {
    let row = Array("{}".utf8)
    for (kind, source, service, method, text) in [
      (.profiles, "crm", .channelIntegration, "profiles.import", #"{"source":"crm","rows":[{},{}]}"#),
      (.orders, "a\"b", .channelIntegration, "orders.import", #"{"source":"a\"b","rows":[{},{}]}"#),
      (.products, nil, .channelIntegration, "products.import", #"{"rows":[{},{}]}"#),
      (.events, nil, .acquisition, "events.collect", #"{"batch":[{},{}]}"#),
    ] as [(RowKind, String?, Tool.Service, String, String)] {
      #expect(kind.service == service)
      #expect(kind.method == method)
      #expect(kind.hasSource == (source != nil))
      let params = try kind.params(source: source, rows: [row, row])
      #expect(String(decoding: params, as: UTF8.self) == text)
    }
  }

  @Test func `the identity of a file changes with its content and with how it is read`() async throws {
    try await withStateFolder { state in
      let path = state.path + "/rows.jsonl"
      try Files.write("{}", to: path, mode: 0o600)
      let identity = try LoadPlace.identity(of: [path], readAs: "orders shop")
      #expect(try LoadPlace.identity(of: [path], readAs: "orders shop") == identity)
      #expect(try LoadPlace.identity(of: [path], readAs: "orders web") != identity)
      try Files.write("{} ", to: path, mode: 0o600)
      #expect(try LoadPlace.identity(of: [path], readAs: "orders shop") != identity)
    }
  }
}
