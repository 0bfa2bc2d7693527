import JSON
import JSONRPC
import Testing

/// The examples of section 7 of the JSON-RPC 2.0 specification, in its order.
struct SpecificationTests {
  static let examples: [(call: String, answer: String?)] = [
    (
      #"{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}"#,
      #"{"jsonrpc": "2.0", "result": 19, "id": 1}"#
    ),
    (
      #"{"jsonrpc": "2.0", "method": "subtract", "params": [23, 42], "id": 2}"#,
      #"{"jsonrpc": "2.0", "result": -19, "id": 2}"#
    ),
    (
      #"{"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42}, "id": 3}"#,
      #"{"jsonrpc": "2.0", "result": 19, "id": 3}"#
    ),
    (
      #"{"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 42, "subtrahend": 23}, "id": 4}"#,
      #"{"jsonrpc": "2.0", "result": 19, "id": 4}"#
    ),
    (#"{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}"#, nil),
    (#"{"jsonrpc": "2.0", "method": "foobar"}"#, nil),
    (
      #"{"jsonrpc": "2.0", "method": "foobar", "id": "1"}"#,
      #"{"jsonrpc": "2.0", "error": {"code": -32601, "message": "Method not found"}, "id": "1"}"#
    ),
    (
      #"{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]"#,
      #"{"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse error"}, "id": null}"#
    ),
    (
      #"{"jsonrpc": "2.0", "method": 1, "params": "bar"}"#,
      #"{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}"#
    ),
    (
      #"[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"}, {"jsonrpc": "2.0", "method"]"#,
      #"{"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse error"}, "id": null}"#
    ),
    ("[]", #"{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}"#),
    ("[1]", #"[{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}]"#),
    (
      "[1,2,3]",
      #"""
      [{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null},
       {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null},
       {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}]
      """#
    ),
    (
      #"""
      [{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
       {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},
       {"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},
       {"foo": "boo"},
       {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
       {"jsonrpc": "2.0", "method": "get_data", "id": "9"}]
      """#,
      #"""
      [{"jsonrpc": "2.0", "result": 7, "id": "1"},
       {"jsonrpc": "2.0", "result": 19, "id": "2"},
       {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null},
       {"jsonrpc": "2.0", "error": {"code": -32601, "message": "Method not found"}, "id": "5"},
       {"jsonrpc": "2.0", "result": ["hello", 5], "id": "9"}]
      """#
    ),
    (
      #"""
      [{"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},
       {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}]
      """#, nil
    ),
  ]

  @Test(arguments: examples, [false, true])
  func `each example is answered as it is written`(example: (call: String, answer: String?), concurrently: Bool)
    async throws
  {
    let answer = await specification.respond(
      to: Array(example.call.utf8), context: Notes(), positional: true, concurrently: concurrently)
    #expect(try answer.map(canonical) == example.answer.map { try canonical(Array($0.utf8)) })
  }

  @Test func `notifications run although nobody hears of it`() async throws {
    let notes = Notes()
    for example in Self.examples {
      _ = await specification.respond(to: Array(example.call.utf8), context: notes, positional: true)
    }
    #expect(await notes.lines == ["update 12345", "hello 7", "sum 7", "hello 7"])
  }
}

/// The same JSON without white space and with its members sorted.
func canonical(_ bytes: [UInt8]) throws -> String {
  let root = try JSONDocument(parsing: bytes).root
  switch root.kind {
  case .array: return "[" + (try root.elements.map { try canonical(Array($0.rawBytes)) }.joined(separator: ",")) + "]"
  case .object:
    let members = try root.members.map { "\"\($0.name)\":" + (try canonical(Array($0.value.rawBytes))) }
    return "{" + members.sorted().joined(separator: ",") + "}"
  default: return root.raw.text
  }
}
