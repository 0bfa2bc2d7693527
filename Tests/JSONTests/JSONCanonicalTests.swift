import JSON
import Testing

struct JSONCanonicalTests {
  private func canonical(_ text: String) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try JSONDocument(parsing: text).root.appendCanonically(to: &bytes)
    return bytes
  }

  @Test(arguments: [
    (#"{"b":1,"a":[true,null,"x"]}"#, #" { "a" : [ true , null , "x" ] , "b" : 1 } "#),
    (#"{"name":"Ada","n":{"z":0,"é":1,"e":2}}"#, #"{"n":{"\u00e9":1,"e":2,"z":0},"\u006eame":"\u0041da"}"#),
    (#"{"aa":1,"a":2,"":3}"#, #"{"":3,"a":2,"aa":1}"#),
    ("[]", "[ ]"), ("{}", "{ }"), (#""\/""#, #""/""#),
  ])
  func `texts of one value have one form`(one: String, other: String) throws {
    #expect(try canonical(one) == canonical(other))
  }

  @Test func `different values have different forms`() throws {
    let texts = [
      "{}", "[]", "[[]]", "[[],[]]", "[{}]", "null", #""null""#, "true", #""true""#, "1", #""1""#, "[1]", #"["1"]"#,
      "[1,2]",
      "[12]", #"["1,2"]"#, #"["1","2"]"#, #"{"a":1,"b":2}"#, #"{"a:1,b":2}"#, #"{"a1,b":2}"#, #"{"a":"1,b:2"}"#,
      #"{"a":{"b":2}}"#,
      #"{"a":1}"#, #"{"a":"1"}"#, #"{"a":[1]}"#, #"{"a":null}"#, #"[{"a":1},{"b":2}]"#, #"[{"a":1,"b":2}]"#, #""""#,
      #"[""]"#,
    ]
    #expect(Set(try texts.map(canonical)).count == texts.count)
  }
}
