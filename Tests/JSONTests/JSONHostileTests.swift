import JSON
import Testing

/// Documents that mean harm: each is refused, or read, quickly and without a crash.
struct JSONHostileTests {
  @Test func `64 levels are read and 65 refused`() throws {
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    #expect(throws: Never.self) { try JSONDocument(parsing: nested(64)) }
    #expect(throws: JSONSyntaxError(reason: .tooDeep, offset: 64)) { try JSONDocument(parsing: nested(65)) }
    #expect(throws: JSONSyntaxError(reason: .tooDeep, offset: 64)) { try JSONDocument(parsing: nested(100_000)) }
    let objects = String(repeating: #"{"a":"#, count: 100_000)
    #expect(throws: JSONSyntaxError(reason: .tooDeep, offset: 320)) { try JSONDocument(parsing: objects) }
  }

  @Test func `10,000 members are read and 10,001 refused`() throws {
    func object(_ count: Int) -> String { "{" + (0..<count).map { "\"k\($0)\":\($0)" }.joined(separator: ",") + "}" }
    let root = try JSONDocument(parsing: object(10_000)).root
    #expect(root.count == 10_000)
    #expect(root["k9999"]?.integer == 9999)
    #expect(reason { try JSONDocument(parsing: object(10_001)) } == .tooManyMembers)
  }

  @Test(arguments: [2, 12, 13, 100, 10_000])
  func `a duplicate is found in an object of any size`(count: Int) {
    let members = (0..<count - 1).map { "\"key number \($0)\":0" }
    let plain = "{" + (members + ["\"key number 0\":1"]).joined(separator: ",") + "}"
    let escaped = "{" + (members + [#""key\u0020number 0":1"#]).joined(separator: ",") + "}"
    #expect(reason { try JSONDocument(parsing: plain) } == .duplicateKey)
    #expect(reason { try JSONDocument(parsing: escaped) } == .duplicateKey)
  }

  @Test func `a duplicate is found at each level`() {
    for depth in 0..<63 {
      let open = String(repeating: #"{"a":"#, count: depth)
      let text = open + #"{"a":1,"a":2}"# + String(repeating: "}", count: depth)
      #expect(reason { try JSONDocument(parsing: text) } == .duplicateKey)
    }
  }

  @Test func `a number of a hundred thousand digits is refused`() {
    #expect(reason { try JSONDocument(parsing: String(repeating: "9", count: 100_000)) } == .numberTooLong)
    #expect(reason { try JSONDocument(parsing: "1e" + String(repeating: "9", count: 100_000)) } == .numberTooLong)
  }

  @Test func `numbers out of range are well-formed but no values`() throws {
    for text in ["1e400", "-1e400", "1e99999999999999999999", "1e999999999999999999999999999999999999"] {
      let number = try JSONDocument(parsing: text).root
      #expect(number.double == nil)
      #expect(number.integer == nil)
      #expect(number.decimal == nil)
    }
    #expect(try JSONDocument(parsing: "1e-400").root.double == 0)
  }

  @Test func `a mebibyte of anything takes little time`() {
    let clock = ContinuousClock()
    let texts = [
      String(repeating: "[", count: 1 << 20), String(repeating: "{", count: 1 << 20),
      "[" + String(repeating: "0,", count: 1 << 19), "\"" + String(repeating: "\\", count: 1 << 20),
      "\"" + String(repeating: "é", count: 1 << 19) + "\"", String(repeating: " ", count: 1 << 20),
      "[" + String(repeating: "{},", count: 349_000) + "{}]",
      "\"" + String(repeating: "\\u0041", count: 174_000) + "\"",
    ]
    for text in texts {
      let bytes = Array(text.utf8)
      let elapsed = clock.measure { _ = try? JSONDocument(parsing: bytes) }
      // Some 5 ms optimised; without optimisation, on a busy machine, still far from what a quadratic reader takes.
      #expect(elapsed < .seconds(3))
    }
  }

  @Test func `no cut and no changed byte makes the parser crash`() {
    let text = #"{"a":[1,-2.5e3,true,null,"é😀\u00e9\uD83D\uDE00\n"],"b":{"c":{},"d":[]},"e":"12345678"}"#
    let bytes = Array(text.utf8)
    for length in 0..<bytes.count {
      #expect(throws: JSONSyntaxError.self) { try JSONDocument(parsing: Array(bytes[..<length])) }
    }
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<20_000 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        changed[Int.random(in: changed.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      guard let root = try? JSONDocument(parsing: changed).root else { continue }
      _ = root.prettyPrinted
      _ = try? root.decode([String: Anything].self)
    }
  }

  private func reason(_ body: () throws -> JSONDocument) -> JSONSyntaxError.Reason? {
    do {
      _ = try body()
      return nil
    } catch {
      return (error as? JSONSyntaxError)?.reason
    }
  }
}
