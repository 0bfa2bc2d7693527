import FoundationEssentials
import JSON
import Models
import Testing

struct JSONEncodingTests {
  @Test func `members come in the order encoded`() throws {
    struct Value: Encodable {
      var z = 1
      var a: Int?
      var m = [true, false]
      var d: [String: Int] = ["b": 2, "a": 1, "é": 3]
      var o = Empty()
    }
    struct Empty: Encodable {}
    #expect(try encodeJSONText(Value()) == #"{"z":1,"m":[true,false],"d":{"a":1,"b":2,"é":3},"o":{}}"#)
    #expect(
      try encodeJSONText(Value(), sortedKeys: true) == #"{"d":{"a":1,"b":2,"é":3},"m":[true,false],"o":{},"z":1}"#)
  }

  @Test func `strings escape what they must`() throws {
    #expect(
      try encodeJSONText("a\"b\\c/\u{8}\u{9}\u{a}\u{c}\u{d}\u{1f}\u{7f}é😀") == #""a\"b\\c/\b\t\n\f\r\u001f\#u{7f}é😀""#)
    #expect(try encodeJSONText("") == #""""#)
  }

  @Test func `numbers are the shortest that read back`() throws {
    #expect(try encodeJSONText([0.1, 1, 1e100, -2.5, 1e-7]) == "[0.1,1,1e+100,-2.5,1e-07]")
    #expect(try encodeJSONText([Float(0.1)]) == "[0.1]")
    #expect(try encodeJSONText([UInt64.max]) == "[18446744073709551615]")
    #expect(try encodeJSONText([Int.min]) == "[-9223372036854775808]")
    for value in [Double.nan, .infinity] {
      #expect(throws: EncodingError.self) { try encodeJSON([value]) }
    }
    #expect(throws: EncodingError.self) { try encodeJSON([Decimal.nan]) }
    #expect(throws: EncodingError.self) { try encodeJSON([Decimal(sign: .plus, exponent: 60, significand: 1)]) }
  }

  @Test func `raw JSON goes in as it is`() throws {
    let raw = RawJSON(wellFormed: #"{ "a" : 1.50 }"#)
    #expect(try encodeJSONText(["x": raw]) == #"{"x":{ "a" : 1.50 }}"#)
    #expect(try encodeJSONText([raw, .null]) == #"[{ "a" : 1.50 },null]"#)
    #expect(try encodeJSONText(raw) == raw.text)
  }

  @Test func `dictionaries are sorted by the bytes of their names, whatever they hold`() throws {
    let names = ["b", "a!", "a", "a\"", "a\n", "é", "z", "😀", ""]
    let expected = ##"{"":1,"a":1,"a\n":1,"a!":1,"a\"":1,"b":1,"z":1,"é":1,"😀":1}"##
    #expect(try encodeJSONText(Dictionary(uniqueKeysWithValues: names.map { ($0, 1) })) == expected)
    let one = RawJSON(wellFormed: "1")
    #expect(try encodeJSONText(Dictionary(uniqueKeysWithValues: names.map { ($0, one) })) == expected)
    #expect(try encodeJSONText([[String: RawJSON](), ["a": .null]]) == #"[{},{"a":null}]"#)
  }

  @Test func `a value may flatten another into itself`() throws {
    struct Outer: Encodable {
      enum Keys: CodingKey { case a, b, c }
      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(1, forKey: .a)
        var nested = container.nestedUnkeyedContainer(forKey: .b)
        try nested.encode("x")
        try nested.encodeNil()
        try ["c": 3].encode(to: encoder)
      }
    }
    #expect(try encodeJSONText([Outer()]) == #"[{"a":1,"b":["x",null],"c":3}]"#)
  }

  @Test func `a container that has ended takes no more`() throws {
    struct Disorder: Encodable {
      enum Keys: CodingKey { case a, b }
      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        var nested = container.nestedUnkeyedContainer(forKey: .a)
        try container.encode(1, forKey: .b)
        try nested.encode(2)
      }
    }
    struct TwoScalars: Encodable {
      func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(1)
        try container.encode(2)
      }
    }
    struct TwoShapes: Encodable {
      func encode(to encoder: any Encoder) throws {
        var array = encoder.unkeyedContainer()
        try array.encode(1)
        var scalar = encoder.singleValueContainer()
        try scalar.encode(2)
      }
    }
    #expect(throws: EncodingError.self) { try encodeJSON(Disorder()) }
    #expect(throws: EncodingError.self) { try encodeJSON(TwoScalars()) }
    #expect(throws: EncodingError.self) { try encodeJSON(TwoShapes()) }
  }

  @Test func `random values survive the way there and back`() throws {
    var generator = SeededGenerator(seed: 42)
    for _ in 0..<2000 {
      let value = Anything.random(depth: 4, using: &generator)
      let bytes = try encodeJSON(value)
      let root = try JSONDocument(parsing: bytes).root
      #expect(try root.decode(Anything.self) == value)
      #expect(try encodeJSON(value) == bytes)
      let pretty = try JSONDocument(parsing: root.prettyPrinted).root
      #expect(try encodeJSON(pretty.decode(Anything.self), sortedKeys: true) == bytes)
    }
  }
}
