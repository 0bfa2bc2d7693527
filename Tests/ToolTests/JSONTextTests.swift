import Testing

@testable import Tool

struct JSONTextTests {
  @Test func `laying out keeps every number and string as it was written`() {
    let text = #"{"a":1.50,"b":[12345678901234567890.10,"x\"{,:}\\"],"c":{},"d":[ ],"e":{"f":null}}"#
    #expect(
      JSONText.indented(text.utf8) == #"""
        {
          "a": 1.50,
          "b": [
            12345678901234567890.10,
            "x\"{,:}\\"
          ],
          "c": {},
          "d": [],
          "e": {
            "f": null
          }
        }
        """#)
    #expect(JSONText.indented("true".utf8) == "true")
  }

  @Test func `the members of an object come as they were written`() throws {
    let text = #" {"jsonrpc": "2.0", "result" : {"a":[1,{"b":2}], "s":"},\""} , "id":1}"#
    let members = try #require(JSONText.members(of: text.utf8))
    #expect(members.map(\.name) == ["jsonrpc", "result", "id"])
    #expect(
      members.map { String(decoding: $0.value, as: UTF8.self) } == [
        #""2.0""#, #"{"a":[1,{"b":2}], "s":"},\""}"#, "1",
      ])
    #expect(JSONText.members(of: "{}".utf8)?.isEmpty == true)
  }

  @Test(arguments: ["", "[1]", "nothing", "{", #"{"a":1"#])
  func `what is no object has no members`(_ text: String) {
    #expect(JSONText.members(of: text.utf8) == nil)
  }

  @Test func `a string is quoted so that it comes back the same`() {
    #expect(JSONText.quoted("a\"b\\c\n\u{1}ä") == #""a\"b\\c\u000a\u0001ä""#)
  }
}
