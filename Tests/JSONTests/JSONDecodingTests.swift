import FoundationEssentials
import JSON
import Models
import Testing

struct JSONDecodingTests {
  struct Person: Codable, Equatable {
    struct Address: Codable, Equatable {
      var city: String
      var lines: [String]?
    }
    var name: String
    var age: Int?
    var address: Address?
    var scores: [String: Double]?
  }

  private func decode<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
    try JSONDocument(parsing: text).root.decode(type)
  }

  /// Path and description of the error that decoding ends with.
  private func fault<T: Decodable>(_ type: T.Type, _ text: String) throws -> String? {
    let root = try JSONDocument(parsing: text).root
    do {
      _ = try root.decode(type)
      return nil
    } catch DecodingError.keyNotFound(let key, let context) {
      return jsonPointer(context.codingPath + [key]) + " " + context.debugDescription
    } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
      DecodingError.dataCorrupted(let context)
    {
      return jsonPointer(context.codingPath) + " " + context.debugDescription
    }
  }

  @Test func `members are found in any order`() throws {
    let ada = Person(name: "Ada", age: 36, address: .init(city: "London", lines: ["a", "b"]), scores: ["x": 1.5])
    let forward = #"{"name":"Ada","age":36,"address":{"city":"London","lines":["a","b"]},"scores":{"x":1.5}}"#
    let backward =
      #"{"scores":{"x":15e-1},"address":{"lines":["a","b"],"city":"London"},"ag\u0065":36,"n\u0061me":"Ada"}"#
    #expect(try decode(Person.self, forward) == ada)
    #expect(try decode(Person.self, backward) == ada)
  }

  @Test func `null and absence are the same to an optional`() throws {
    #expect(try decode(Person.self, #"{"name":"Ada","age":null,"address":null}"#) == Person(name: "Ada"))
    #expect(try decode([Int?].self, "[1,null,3]") == [1, nil, 3])
  }

  @Test func `errors say where and what`() throws {
    #expect(try fault(Person.self, "{}") == "/name is required")
    #expect(try fault(Person.self, "[]") == " must be an object")
    #expect(try fault(Person.self, #"{"name":null}"#) == "/name must be a string")
    #expect(try fault(Person.self, #"{"name":"","age":"1"}"#) == "/age must be an integer")
    #expect(
      try fault(Person.self, #"{"name":"","address":{"city":"","lines":["",1]}}"#)
        == "/address/lines/1 must be a string")
    #expect(try fault(Person.self, #"{"name":"","address":{}}"#) == "/address/city is required")
    #expect(try fault(Person.self, #"{"name":"","scores":{"a/b~c":true}}"#) == "/scores/a~1b~0c must be a number")
    #expect(try fault([[Int8]].self, "[[1],[2,300]]") == "/1/1 must be an integer from -128 to 127")
    #expect(try fault([ID<Person>].self, #"["x"]"#) == "/0 must be a UUID")
    #expect(try fault([Bool].self, "[1]") == "/0 must be true or false")
    #expect(try fault([Double].self, "[1e400]") == "/0 must be a number within the range of binary64")
  }

  @Test(arguments: [
    ("0", 0), ("-0", 0), ("1.0", 1), ("1e3", 1000), ("-12.50e1", -125), ("1200e-2", 12), ("0e5", 0),
    ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("9.223372036854775807e18", Int.max),
    ("0.0", 0), ("1000000000000000000000e-3", 1_000_000_000_000_000_000),
  ])
  func `whole numbers are integers however they are written`(text: String, value: Int) throws {
    #expect(try JSONDocument(parsing: text).root.integer == value)
  }

  @Test(arguments: ["0.5", "1e-1", "9223372036854775808", "-9223372036854775809", "1e19", "1e400", "\"1\"", "null"])
  func `other values are no integers`(text: String) throws {
    #expect(try JSONDocument(parsing: text).root.integer == nil)
  }

  @Test func `unsigned integers go to their end`() throws {
    #expect(try decode([UInt64].self, "[18446744073709551615]") == [.max])
    #expect(try fault([UInt64].self, "[18446744073709551616]") != nil)
    #expect(try fault([UInt8].self, "[-1]") == "/0 must be an integer from 0 to 255")
  }

  @Test(arguments: [
    "0.1", "1.1", "18.99", "123456789.123456789", "5e-324", "1.7976931348623157e308", "2.2250738585072014e-308",
    "9007199254740993", "0.30000000000000004", "1e22", "1e23", "123456789012345678901234567890", "-4.35",
  ])
  func `doubles are the nearest ones`(text: String) throws {
    #expect(try JSONDocument(parsing: text).root.double == Double(text))
  }

  @Test(arguments: [
    ("79.99", "79.99"), ("12345678901234567890.12", "12345678901234567890.12"), ("-0.10", "-0.1"), ("1e3", "1000"),
    ("0", "0"), ("-0", "0"), ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678"),
    ("0.0000000000000000000000000000000000001", "0.0000000000000000000000000000000000001"), ("100", "100"),
    ("99999999999999999999999999999999999999", "99999999999999999999999999999999999999"), ("1.50", "1.5"),
  ])
  func `decimals are exact, as a number and as a string`(text: String, plain: String) throws {
    let number = try #require(try JSONDocument(parsing: text).root.decimal)
    #expect(number.description == plain)
    #expect(try encodeJSONText([number]) == "[\(plain)]")
    if !text.contains("e") { #expect(try decode([Decimal].self, "[\"\(text)\"]") == [number]) }
  }

  @Test(arguments: [
    "123456789012345678901234567890123456789", "1.23456789012345678901234567890123456789", "1e50", "1e-50", "\"1e3\"",
    "\"\"", "\"abc\"", "\"1.\"", "\".5\"", "\"-\"", "\" 1\"", "\"1 \"", "\"0x1\"", "\"+1\"", "\"1,5\"", "\"NaN\"",
    "true", "null",
  ])
  func `what is no exact decimal is refused`(text: String) throws {
    #expect(try fault([Decimal].self, "[\(text)]") != nil)
  }

  @Test func `raw JSON is the text as it came`() throws {
    let values = try decode([String: RawJSON].self, #"{"a": {"b" : [1.50, "\u0041"]},"c":null}"#)
    #expect(values["a"]?.text == #"{"b" : [1.50, "\u0041"]}"#)
    #expect(values["c"] == .null)
    #expect(values.count == 2)
    #expect(try decode([String: RawJSON].self, "{}").isEmpty)
    let listed = try decode([[String: RawJSON]?].self, #"[null, {"\u0061":{"b":{}}}]"#)
    #expect(listed == [nil, ["a": RawJSON(wellFormed: #"{"b":{}}"#)]])
    #expect(try fault([String: [String: RawJSON]].self, #"{"a":[]}"#) == "/a must be an object")
    let optional = try decode([RawJSON].self, "[ 1e2 ,[]]")
    #expect(optional.map(\.text) == ["1e2", "[]"])
  }

  @Test func `nodes give what they are`() throws {
    let root = try JSONDocument(parsing: #"{"s":"a\nb","n":1,"l":[true,null],"o":{"x":{}}}"#).root
    #expect(root.kind == .object)
    #expect(root["s"]?.string == "a\nb")
    #expect(root["l"]?.elements.map(\.kind) == [.bool, .null])
    #expect(root["o"]?.members.map(\.name) == ["x"])
    #expect(root.members.map(\.name) == ["s", "n", "l", "o"])
    #expect(root["missing"] == nil && root["n"]?["x"] == nil)
    #expect(root["n"]?.elements.map(\.kind) == [] && root["l"]?.count == 2)
    #expect(String(decoding: root.prettyPrinted, as: UTF8.self).hasPrefix("{\n  \"s\": \"a\\nb\",\n  \"n\": 1,\n"))
  }

  /// A class and its super class, which decode from one object and from its member `super`.
  class Base: Decodable {
    let a: Int
  }
  final class Derived: Base {
    let b: Int
    private enum CodingKeys: String, CodingKey { case b }
    required init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      b = try container.decode(Int.self, forKey: .b)
      try super.init(from: container.superDecoder())
    }
  }

  @Test func `a super class decodes from its member`() throws {
    let value = try decode(Derived.self, #"{"b":2,"super":{"a":1}}"#)
    #expect(value.a == 1 && value.b == 2)
    #expect(try fault(Derived.self, #"{"b":2}"#) == "/super is required")
  }

  @Test func `unknown members are named wherever they are`() throws {
    let text = #"{"name":"Ada","nmae":1,"address":{"city":"x","a/b":{"c":1}},"scores":{"any":1}}"#
    let root = try JSONDocument(parsing: text).root
    #expect(throws: JSONUnknownMembers(paths: ["/nmae", "/address/a~1b"])) {
      try root.decode(Person.self, rejectingUnknownMembers: true)
    }
    #expect(throws: JSONUnknownMembers(paths: ["/params/nmae", "/params/address/a~1b"])) {
      try root.decode(Person.self, rejectingUnknownMembers: true, at: [JSONKey(stringValue: "params")])
    }
    #expect(try root.decode(Person.self).name == "Ada")
    let raw = try root.decode([String: RawJSON].self, rejectingUnknownMembers: true)
    #expect(raw.count == 4)
  }

  @Test func `a type without properties knows no members`() throws {
    struct Empty: Decodable {}
    struct Whole: Decodable {
      let raw: RawJSON
      init(from decoder: any Decoder) throws { raw = try RawJSON(from: decoder) }
    }
    struct Both: Decodable {
      let empty: Empty
      let whole: Whole
    }
    let root = try JSONDocument(parsing: #"{"empty":{"a":1},"whole":{"a":1}}"#).root
    #expect(throws: JSONUnknownMembers(paths: ["/empty/a"])) {
      try root.decode(Both.self, rejectingUnknownMembers: true)
    }
    #expect(throws: JSONUnknownMembers(paths: ["/empty", "/whole"])) {
      try root.decode(Empty.self, rejectingUnknownMembers: true)
    }
    #expect(try root.decode(Whole.self, rejectingUnknownMembers: true).raw == root.raw)
  }

  @Test func `a reserved member is taken as absent`() throws {
    let root = try JSONDocument(parsing: #"{"_meta":{"x":1},"name":"Ada","address":{"city":"x","_meta":1}}"#).root
    #expect(throws: JSONUnknownMembers(paths: ["/address/_meta"])) {
      try root.decode(Person.self, rejectingUnknownMembers: true, reserved: "_meta")
    }
    let all = try root.decode([String: RawJSON].self, rejectingUnknownMembers: true, reserved: "_meta")
    #expect(all.keys.sorted() == ["address", "name"])
  }

  @Test func `only the first 20 unknown members are named`() throws {
    let members = (0..<9_999).map { "\"k\($0)\":0" }.joined(separator: ",")
    let root = try JSONDocument(parsing: "{\"name\":\"\",\(members)}").root
    let error = #expect(throws: JSONUnknownMembers.self) {
      try root.decode(Person.self, rejectingUnknownMembers: true)
    }
    #expect(error?.paths.count == 20)
  }
}
