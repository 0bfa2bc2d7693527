import Testing

@testable import Matching

/// Levels of agreement, value by value.
struct ComparisonTests {
  private func level(_ a: String, _ b: String, _ field: MatchField) -> MatchLevel? {
    let records = MatchRecords(
      [a, b].map { text in Normalisation.value(text, of: field).map { [field: $0] } ?? [:] })
    let level = Comparison(records, fields: [field]).pattern(0, 1)[field.index]
    return level == 0 ? nil : field.levels[level - 1]
  }

  @Test(arguments: [
    ("José", "jose", MatchLevel.exact), ("Martha", "Marhta", .near), ("Müller", "Mueller", .near),
    ("O'Brien", "OBrien", .exact), ("Anna Maria", "Anna", .similar), ("J", "John", .partial), ("J.", "John", .partial),
    ("Maria Anna", "Anna", .partial), ("Ada", "Grace", .different), ("Владимир", "владимир", .exact),
  ])
  func `names`(a: String, b: String, expected: MatchLevel) {
    #expect(level(a, b, .givenName) == expected)
    #expect(level(b, a, .givenName) == expected)
  }

  @Test(arguments: [
    ("1971-06-24", "24.06.1971", MatchLevel.exact), ("19710624", "1971-06-24T00:00:00Z", .exact),
    ("1971-06-24", "1971-06-25", .typingError), ("1971-06-24", "1971-06-42", .typingError),
    ("1971-06-08", "1971-08-06", .swapped), ("1971-06-24", "1958-06-24", .partial),
    ("1971-06-24", "1972-07-24", .similar), ("1971-06-24", "1985-12-03", .different),
    ("1971-02-31", "1971-02-21", .typingError), ("about 1800", "about 1800", .exact),
    ("about 1800", "about 1890", .typingError), ("about 1800", "1971-06-24", .different),
  ])
  func `dates, impossible ones and those that are none too`(a: String, b: String, expected: MatchLevel) {
    #expect(level(a, b, .dateOfBirth) == expected)
    #expect(level(b, a, .dateOfBirth) == expected)
  }

  @Test(arguments: [
    (MatchField.postalCode, "SW1Y 4LE", "sw1y4le", MatchLevel.exact), (.postalCode, "2119", "2191", .typingError),
    (.postalCode, "10115", "10178", .partial), (.postalCode, "10115", "80331", .different),
    (.gender, "female", "F", .exact), (.region, "nsw", "nws", .typingError),
    (.email, "Ada@Example.com", "ada@example.com", .exact), (.email, "ada@example.com", "grace@navy.mil", .different),
    (.email, "ada@example.com", "ada@example.org", .sameMailbox),
    (.email, "robert255@smith.net", "robert25@smith.net", .near),
    (.phone, "+49 30 1234567", "+49301234567", .exact), (.phone, "+49301234567", "0301234567", .partial),
    (.phone, "+49301234567", "+49301234568", .typingError), (.phone, "+49301234567", "+33187654321", .different),
    (.street, "Stanley Street", "stanley  street", .exact), (.street, "light setreet", "light street", .near),
  ])
  func `codes, addresses and the rest`(field: MatchField, a: String, b: String, expected: MatchLevel) {
    #expect(level(a, b, field) == expected)
    #expect(level(b, a, field) == expected)
  }

  @Test func `names that changed places are one finding`() {
    let records = MatchRecords([
      [.givenName: "isla", .familyName: "hall"], [.givenName: "hall", .familyName: "isla"],
      [.givenName: "isla", .familyName: "hill"],
    ])
    let comparison = Comparison(records, fields: [.givenName, .familyName])
    let crosswise = comparison.pattern(0, 1)
    #expect(MatchField.givenName.levels[crosswise[MatchField.givenName.index] - 1] == .swapped)
    #expect(crosswise[MatchField.familyName.index] == 0)
    #expect(comparison.pattern(0, 2)[MatchField.givenName.index] == 1)
  }

  @Test(arguments: [
    ("martha", "marhta", 0.9611), ("dwayne", "duane", 0.84), ("dixon", "dicksonx", 0.8133), ("abc", "xyz", 0),
    ("jones", "johnson", 0.8324), ("", "x", 0),
  ])
  func `Jaro-Winkler of Winkler's examples`(a: String, b: String, expected: Double) {
    // Table 6 of Winkler (2006), Overview of Record Linkage and Current Research Directions, and its neighbours.
    let found = characters(a) { a in characters(b) { b in jaroWinkler(a, b) } }
    #expect(abs(found - expected) < 0.0001)
  }

  private func characters<Result>(_ text: String, _ body: (Characters) -> Result) -> Result {
    text.unicodeScalars.map { UInt16(truncatingIfNeeded: $0.value) }.withUnsafeBufferPointer(body)
  }

  @Test func `what is ruled out by its letters is never similar`() {
    // The shortcut must not change what is found.
    let names = (0..<200).map { letters($0 * 7919 % 20000) + letters($0 * 31) }
    let records = MatchRecords(names.map { [.familyName: $0] })
    let comparison = Comparison(records, fields: [.familyName])
    for a in names.indices {
      for b in names.indices where names[a] != names[b] {
        let similarity = characters(names[a]) { a in characters(names[b]) { b in jaroWinkler(a, b) } }
        let level = comparison.pattern(a, b)[MatchField.familyName.index]
        if similarity >= 0.8 { #expect(level <= 3, "\(names[a]) \(names[b])") }
      }
    }
  }
}
