import JSON
import Testing

/// Cases of our own after the categories of JSONTestSuite: what every parser must accept, what every parser must
/// refuse, and what is left to it.
struct JSONSyntaxTests {
  static let accepted = [
    "[]", "{}", "[ ]", "{ }", " [1] ", "\t\n\r[1]\r\n", "null", "true", "false", "0", "-0", "1", "-1", "10", "0.5",
    "-0.0", "1.0", "1e3", "1E3", "1e+3", "1e-3", "0e1", "0E1", "0e+1", "1.5e10", "123456789012345678901234567890",
    #""""#, #""a""#, #"" ""#, #""\"\\\/\b\f\n\r\t""#, #""\u0041""#, #""\u00e9""#, #""\uD83D\uDE00""#, #""é""#,
    #""日本""#, #""😀""#, "\"\u{7f}\"", #""\uFFFF""#, #""\u2028""#, "\"\u{2028}\"", #""a/b""#, #""\\u0000""#,
    "[null,true,false,0,\"\",[],{}]", "[[[[[]]]]]", #"{"a":1}"#, #"{"a":1,"b":2}"#, #"{"":0}"#, #"{"a":{"a":{}}}"#,
    #"{"a":[],"b":[]}"#, #"{"a" : 1 , "b" : [ 1 , 2 ] }"#, #"{"a\u0062":1,"a":2}"#, #"{"A":1,"a":2}"#,
    "[\n]", "[1,\n2]", #"["]"]"#, #"{"}":"{"}"#, "[0.1e1]", "[-1.5E-2]", #"["\u0061\u30af\u30EA"]"#, #""\uDBFF\uDFFF""#,
  ]

  static let refused: [(String, JSONSyntaxError.Reason)] = [
    ("", .unexpectedEnd), (" ", .unexpectedEnd), ("[", .unexpectedEnd), ("{", .unexpectedEnd), ("[1", .unexpectedEnd),
    ("[1,", .unexpectedEnd), (#"{"a""#, .unexpectedEnd), (#"{"a":"#, .unexpectedEnd), (#"{"a":1"#, .unexpectedEnd),
    (#"{"a":1,"#, .unexpectedEnd), ("\"", .unexpectedEnd), ("\"a", .unexpectedEnd), ("\"\\", .unexpectedEnd),
    ("tru", .unexpectedEnd), ("nul", .unexpectedEnd), ("-", .unexpectedEnd), ("1.", .unexpectedEnd),
    ("1e", .unexpectedEnd), ("1e+", .unexpectedEnd), ("]", .unexpectedByte), ("}", .unexpectedByte),
    (",", .unexpectedByte), (":", .unexpectedByte), ("[1,]", .unexpectedByte), (#"["",]"#, .unexpectedByte),
    ("[,1]", .unexpectedByte), ("[,]", .unexpectedByte), ("[1,,2]", .unexpectedByte), ("[1 2]", .unexpectedByte),
    ("[1}", .unexpectedByte), ("[1:2]", .unexpectedByte), (#"{"id":0,}"#, .unexpectedByte), ("{,}", .unexpectedByte),
    (#"{"a":1]"#, .unexpectedByte), (#"{"a",1}"#, .unexpectedByte), (#"{"a"}"#, .unexpectedByte),
    (#"{"a":}"#, .unexpectedByte), (#"{"a":1 "b":2}"#, .unexpectedByte), (#"{"a":1,,"b":2}"#, .unexpectedByte),
    ("{a:1}", .unexpectedByte), ("{1:1}", .unexpectedByte), ("{'a':1}", .unexpectedByte), ("{[]:1}", .unexpectedByte),
    (#"{"a"::1}"#, .unexpectedByte), ("True", .unexpectedByte), ("NaN", .unexpectedByte), ("nan", .unexpectedByte),
    ("Infinity", .unexpectedByte), ("-Infinity", .invalidNumber), ("+1", .unexpectedByte), (".5", .unexpectedByte),
    ("'a'", .unexpectedByte), ("undefined", .unexpectedByte), ("/*a*/1", .unexpectedByte), ("#a", .unexpectedByte),
    ("\u{a0}1", .unexpectedByte), ("\u{c}1", .unexpectedByte), ("[\u{b}1]", .unexpectedByte),
    ("truth", .unexpectedByte),
    ("\0", .unexpectedByte), ("[1\0]", .unexpectedByte), ("1.e1", .invalidNumber), ("-a", .invalidNumber),
    ("--1", .invalidNumber), ("1ee1 ", .invalidNumber), ("1e1.5", .trailingBytes), ("01", .trailingBytes),
    ("-01", .trailingBytes), ("0x1", .trailingBytes), ("1a", .trailingBytes), ("1_000", .trailingBytes),
    ("1 2", .trailingBytes), ("{}{}", .trailingBytes), ("[]]", .trailingBytes), ("{}}", .trailingBytes),
    ("nulll", .trailingBytes), ("\"a\"b", .trailingBytes), ("1//a", .trailingBytes), ("[1.2.3]", .unexpectedByte),
    ("[1e0e]", .unexpectedByte), ("\"\u{1f}\"", .controlCharacter), ("\"\n\"", .controlCharacter),
    ("\"\t\"", .controlCharacter), ("\"a\0b\"", .controlCharacter), (#""\x41""#, .invalidEscape),
    (#""\a""#, .invalidEscape), (#""\'""#, .invalidEscape), (#""\U0041""#, .invalidEscape),
    (#""\u004""#, .invalidEscape),
    (#""\u00g0""#, .invalidEscape), (#""\u""#, .invalidEscape), (#""\😀""#, .invalidEscape),
  ]

  /// What JSONTestSuite leaves open, and what we decided: whatever two readers may understand differently is refused.
  static let decided: [(String, JSONSyntaxError.Reason?)] = [
    // Duplicate keys: readers keep the first or the last.
    (#"{"a":1,"a":1}"#, .duplicateKey), (#"{"a":1,"a":2}"#, .duplicateKey), (#"{"a":1,"\u0061":2}"#, .duplicateKey),
    (#"{"\u0061":1,"a":2}"#, .duplicateKey), (#"{"\/":1,"/":2}"#, .duplicateKey),
    (#"[{"b":{"a":1,"a":2}}]"#, .duplicateKey),
    // U+0000: PostgreSQL cannot keep it.
    (#""\u0000""#, .nulCharacter), (#"{"a\u0000":1}"#, .nulCharacter),
    // Surrogates that are no pair: no UTF-8 can carry them.
    (#""\uD800""#, .loneSurrogate), (#""\uDC00""#, .loneSurrogate), (#""\uD800\uD800""#, .loneSurrogate),
    (#""\uD800a""#, .loneSurrogate), (#""\uD83D\u0041""#, .loneSurrogate), (#""\uDE00\uD83D""#, .loneSurrogate),
    (#""\uD83D\n""#, .loneSurrogate), (#""\uD83D"#, .loneSurrogate),
    // Numbers: any exponent is well-formed; whether a type can hold it is asked when it is decoded.
    ("1e400", nil), ("-1e400", nil), ("1e-400", nil), ("123123e100000", nil), ("0.4e00669999999999999999", nil),
    ("1000000000000000000000000000000000000000", nil), ("10000000000000000000000000000000000000000", .numberTooLong),
    // Noncharacters are characters.
    (#""\uFFFE""#, nil), ("\"\u{ffff}\"", nil), (#""\uDBFF\uDFFE""#, nil),
  ]

  static let bytes: [([UInt8], JSONSyntaxError.Reason)] = [
    // A byte order mark, and UTF-16 and UTF-32 text.
    ([0xef, 0xbb, 0xbf, 0x7b, 0x7d], .byteOrderMark), ([0xef, 0xbb, 0xbf], .byteOrderMark),
    ([0xff, 0xfe, 0x5b, 0x00, 0x5d, 0x00], .unexpectedByte), ([0x00, 0x5b, 0x00, 0x5d], .unexpectedByte),
    ([0xef, 0xbb, 0x7b], .unexpectedByte),
    // Not UTF-8: stray and missing continuations, overlong forms, surrogates, beyond U+10FFFF, Latin-1.
    ([0x22, 0x80, 0x22], .invalidUTF8), ([0x22, 0xc3, 0x22], .invalidUTF8), ([0x22, 0xc3], .invalidUTF8),
    ([0x22, 0xc0, 0xaf, 0x22], .invalidUTF8), ([0x22, 0xc1, 0xbf, 0x22], .invalidUTF8),
    ([0x22, 0xe0, 0x80, 0xaf, 0x22], .invalidUTF8), ([0x22, 0xe0, 0x9f, 0xbf, 0x22], .invalidUTF8),
    ([0x22, 0xf0, 0x80, 0x80, 0xaf, 0x22], .invalidUTF8), ([0x22, 0xf0, 0x8f, 0xbf, 0xbf, 0x22], .invalidUTF8),
    ([0x22, 0xed, 0xa0, 0x80, 0x22], .invalidUTF8), ([0x22, 0xed, 0xbf, 0xbf, 0x22], .invalidUTF8),
    ([0x22, 0xf4, 0x90, 0x80, 0x80, 0x22], .invalidUTF8), ([0x22, 0xf5, 0x80, 0x80, 0x80, 0x22], .invalidUTF8),
    ([0x22, 0xe2, 0x82, 0x22], .invalidUTF8), ([0x22, 0xf0, 0x9f, 0x98, 0x22], .invalidUTF8),
    ([0x22, 0xf0, 0x9f, 0x98], .invalidUTF8), ([0x22, 0xff, 0x22], .invalidUTF8), ([0x22, 0xe9, 0x22], .invalidUTF8),
    ([0x22, 0xfc, 0x83, 0xbf, 0xbf, 0xbf, 0xbf, 0x22], .invalidUTF8), ([0xe9], .unexpectedByte),
    ([0x22, 0x5c, 0xe5, 0x22], .invalidEscape), ([0x22, 0x5c, 0x75, 0xe5, 0x22], .invalidEscape),
  ]

  @Test(arguments: accepted)
  func `well-formed text is accepted`(text: String) throws {
    let root = try JSONDocument(parsing: text).root
    #expect(root.raw.text == text.trimming())
  }

  @Test(arguments: refused)
  func `ill-formed text is refused`(text: String, reason: JSONSyntaxError.Reason) {
    #expect(self.reason(of: Array(text.utf8)) == reason)
    // The same within an array, behind a string that ends the eight bytes read at a time.
    #expect(self.reason(of: Array(("[[\"123456\"," + text).utf8)) != nil)
  }

  @Test(arguments: decided)
  func `what readers may decide is decided`(text: String, reason: JSONSyntaxError.Reason?) {
    #expect(self.reason(of: Array(text.utf8)) == reason)
  }

  @Test(arguments: bytes)
  func `bytes that are no UTF-8 text are refused`(bytes: [UInt8], reason: JSONSyntaxError.Reason) {
    #expect(self.reason(of: bytes) == reason)
  }

  @Test func `an error says where the fault is`() {
    let error = #expect(throws: JSONSyntaxError.self) { try JSONDocument(parsing: #"{"a":1,"b":2,"a":3}"#) }
    #expect(error == JSONSyntaxError(reason: .duplicateKey, offset: 13))
  }

  private func reason(of bytes: [UInt8]) -> JSONSyntaxError.Reason? {
    do throws(JSONSyntaxError) {
      _ = try JSONDocument(parsing: bytes)
      return nil
    } catch {
      return error.reason
    }
  }
}

extension String {
  /// Without the white space of JSON at its ends.
  func trimming() -> String {
    var text = Substring(self)
    while let first = text.unicodeScalars.first, " \t\r\n".unicodeScalars.contains(first) {
      text.unicodeScalars.removeFirst()
    }
    while let last = text.unicodeScalars.last, " \t\r\n".unicodeScalars.contains(last) {
      text.unicodeScalars.removeLast()
    }
    return String(text)
  }
}
