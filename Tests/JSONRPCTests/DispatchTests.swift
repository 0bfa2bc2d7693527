import JSON
import JSONRPC
import Models
import Testing

struct DispatchTests {
  private func answer(_ text: String, _ notes: Notes = Notes(), concurrently: Bool = false) async -> String? {
    await specification.respond(to: Array(text.utf8), context: notes, concurrently: concurrently)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  private func call(_ method: String, _ params: String) async -> String? {
    await answer(#"{"jsonrpc":"2.0","method":"\#(method)","params":\#(params),"id":1}"#)
  }

  private func faults(_ text: String) -> String {
    #"{"jsonrpc":"2.0","error":{"code":-32602,"message":"Invalid params","data":{"errors":["# + text + #"]}},"id":1}"#
  }

  @Test func `each fault of the params has its path and its rule`() async throws {
    #expect(
      await call("subtract", #"{"minuend":1}"#)
        == faults(#"{"path":"/params/subtrahend","rule":"required","message":"is required"}"#))
    #expect(
      await call("subtract", #"{"minuend":1,"subtrahend":"x"}"#)
        == faults(#"{"path":"/params/subtrahend","rule":"type","message":"must be an integer"}"#))
    #expect(
      await call("subtract", #"{"minuend":1,"subtrahend":2,"a/b":3,"~":4}"#)
        == faults(
          #"{"path":"/params/a~1b","rule":"unknown","message":"is not known"},"#
            + #"{"path":"/params/~0","rule":"unknown","message":"is not known"}"#))
    #expect(
      await call("subtract", #"{"minuend":1,"subtrahend":99999999999999999999}"#)?.contains(#""rule":"format""#) == true
    )
    #expect(
      await call("subtract", "[1,2]")
        == faults(#"{"path":"/params","rule":"type","message":"must be an object: params are by name"}"#))
  }

  @Test func `a value of no case is told without Swift's names`() throws {
    enum Color: String, Codable { case red }
    let root = try JSONDocument(parsing: #"["blue"]"#).root
    let error = #expect(throws: DecodingError.self) { try root.decode([Color].self) }
    let fault = RPCParamFault(path: "/0", rule: "enum", message: "is none of the values allowed")
    #expect(try paramFaults(from: #require(error)) == [fault])
  }

  @Test func `the reserved member is no param`() async {
    let params = #"{"minuend":3,"_meta":{"idempotencyKey":"k"},"subtrahend":1}"#
    #expect(await call("subtract", params) == #"{"jsonrpc":"2.0","result":2,"id":1}"#)
    #expect(await call("get_data", "{}") == #"{"jsonrpc":"2.0","result":["hello",5],"id":1}"#)
    #expect(await call("get_data", #"{"x":1}"#)?.contains("-32602") == true)
  }

  @Test func `too many positions are unknown params`() async {
    let body = Array(#"{"jsonrpc":"2.0","method":"subtract","params":[1,2,3],"id":1}"#.utf8)
    let answer = await specification.respond(to: body, context: Notes(), positional: true)
    #expect(
      answer.map { String(decoding: $0, as: UTF8.self) }
        == faults(#"{"path":"/params/2","rule":"unknown","message":"is not known"}"#))
  }

  @Test func `a notification with bad params is not answered`() async {
    #expect(await answer(#"{"jsonrpc":"2.0","method":"subtract","params":{"minuend":"x"}}"#) == nil)
    #expect(await answer(#"{"jsonrpc":"2.0","method":"break","params":{"how":"x"}}"#) == nil)
  }

  @Test func `errors of a method are told only when they are declared`() async {
    #expect(
      await call("break", #"{"how":"domain"}"#)
        == #"{"jsonrpc":"2.0","error":{"code":1001,"message":"No consent."},"id":1}"#)
    let hidden = #"{"jsonrpc":"2.0","error":{"code":-32603,"message":"Internal error"},"id":1}"#
    #expect(await call("break", #"{"how":"secretly"}"#) == hidden)
    // A decoding that fails within a method is no fault of the params.
    #expect(await call("break", #"{"how":"decoding"}"#) == hidden)
  }

  @Test(arguments: [
    ("\"" + String(repeating: "x", count: 64) + "\"", true), ("\"" + String(repeating: "x", count: 65) + "\"", false),
    ("9007199254740992", true), ("-9007199254740992", true), ("9007199254740993", false), ("1.5", false),
    ("1e400", false), ("null", true), ("true", false), ("{}", false), ("[]", false), ("\"\"", true), ("0", true),
  ])
  func `ids are short strings, safe integers or null`(id: String, isValid: Bool) async {
    let text = await answer(#"{"jsonrpc":"2.0","method":"get_data","id":\#(id)}"#)
    let refused = #"{"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid Request"},"id":null}"#
    #expect(text == (isValid ? #"{"jsonrpc":"2.0","result":["hello",5],"id":\#(id)}"# : refused))
  }

  @Test(arguments: [
    #"{"jsonrpc":"1.0","method":"get_data","id":1}"#, #"{"method":"get_data","id":1}"#, #"{"jsonrpc":"2.0","id":1}"#,
    #"{"jsonrpc":2.0,"method":"get_data","id":1}"#, #"{"jsonrpc":"2.0","method":"get_data","id":1,"x":1}"#,
    #"{"jsonrpc":"2.0","method":"get_data","params":null,"id":1}"#,
    #"{"jsonrpc":"2.0","method":"get_data","params":"x","id":1}"#, #"{"jsonrpc":"2.0","method":null,"id":1}"#,
  ])
  func `an object that is no request is refused, under its id`(text: String) async {
    #expect(await answer(text) == #"{"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid Request"},"id":1}"#)
  }

  @Test(arguments: ["1", "\"x\"", "null", "true", "{}"])
  func `other JSON is no request`(text: String) async {
    #expect(await answer(text) == #"{"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid Request"},"id":null}"#)
  }

  @Test func `a batch within a batch is an invalid request`() async throws {
    let text = await answer(
      #"[[{"jsonrpc":"2.0","method":"get_data","id":1}],{"jsonrpc":"2.0","method":"get_data","id":2}]"#)
    #expect(
      text == #"[{"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid Request"},"id":null},"#
        + #"{"jsonrpc":"2.0","result":["hello",5],"id":2}]"#)
  }

  @Test func `50 calls are a batch and 51 are refused`() async throws {
    func batch(_ count: Int) -> String {
      let calls = (0..<count).map {
        #"{"jsonrpc":"2.0","method":"subtract","params":{"minuend":\#($0),"subtrahend":0},"id":\#($0)}"#
      }
      return "[" + calls.joined(separator: ",") + "]"
    }
    let answers = (0..<50).map { #"{"jsonrpc":"2.0","result":\#($0),"id":\#($0)}"# }
    #expect(await answer(batch(50)) == "[" + answers.joined(separator: ",") + "]")
    #expect(await answer(batch(50), concurrently: true) == "[" + answers.joined(separator: ",") + "]")
    #expect(
      await answer(batch(51)) == #"{"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid Request"},"id":null}"#)
  }

  @Test func `answers keep the order of the calls`() async {
    let calls = [60, 30, 1].map { #"{"jsonrpc":"2.0","method":"wait","params":{"milliseconds":\#($0)},"id":\#($0)}"# }
    let batch = "[" + calls.joined(separator: ",") + "]"
    let answers = [60, 30, 1].map { #"{"jsonrpc":"2.0","result":\#($0),"id":\#($0)}"# }
    let inTurn = Notes()
    #expect(await answer(batch, inTurn) == "[" + answers.joined(separator: ",") + "]")
    #expect(await inTurn.lines == ["60", "30", "1"])
    let sideBySide = Notes()
    #expect(await answer(batch, sideBySide, concurrently: true) == "[" + answers.joined(separator: ",") + "]")
    #expect(await sideBySide.lines == ["1", "30", "60"])
  }

  @Test func `a client calls by type and by name`() async throws {
    let notes = Notes()
    let client = RPCClient { body in await specification.respond(to: body, context: notes) ?? [] }
    #expect(try await client.call(Subtract(minuend: 5, subtrahend: 3)) == 2)
    #expect(
      try await client.call(GetData(), meta: RawJSON(wellFormed: #"{"idempotencyKey":"k"}"#)).text == #"["hello",5]"#)
    let params = RawJSON(wellFormed: #"{"a":1,"b":2,"c":3}"#)
    #expect(try await client.call("sum", params: params, meta: .emptyObject).text == "6")
    await #expect(throws: RPCError.methodNotFound) { try await client.call("none") }
    await #expect(throws: RPCError(code: RPCErrorCode(rawValue: 1001), message: "No consent.")) {
      try await client.call(Break(how: "domain"))
    }
    let broken = RPCClient { _ in Array("{}".utf8) }
    await #expect(throws: RPCClient.UnreadableAnswer.self) { try await broken.call("none") }
  }
}
