import Testing

@testable import Matching

struct BlockingTests {
  private let person: [MatchField: String] = [
    .givenName: "michaela", .familyName: "neumann", .dateOfBirth: "19151111", .street: "stanley street",
    .locality: "winston hills", .postalCode: "4223",
  ]

  private func shareKeys(_ a: [MatchField: String], _ b: [MatchField: String]) -> Bool {
    !Set(Blocking.keys(of: a)).isDisjoint(with: Blocking.keys(of: b))
  }

  @Test func `any two things in common are enough, errors in all else notwithstanding`() {
    var other: [MatchField: String] = [
      .givenName: "xyz", .familyName: "qqq", .dateOfBirth: "20000101", .street: "elsewhere", .locality: "other",
      .postalCode: "9999",
    ]
    #expect(!shareKeys(person, other))
    other[.familyName] = "neuman"
    #expect(!shareKeys(person, other), "a sound alone is too coarse")
    other[.locality] = "winston hill"
    #expect(shareKeys(person, other))
  }

  @Test func `names and days that changed places are found`() {
    #expect(
      shareKeys([.givenName: "isla", .familyName: "hall"], [.givenName: "hall", .familyName: "isla"]))
    #expect(
      shareKeys(
        [.familyName: "hall", .dateOfBirth: "19710608"], [.familyName: "hal", .dateOfBirth: "19710806"]))
  }

  @Test func `keys are few, sorted and each there once`() {
    let keys = Blocking.keys(of: person)
    #expect(keys == keys.sorted() && Set(keys).count == keys.count)
    #expect((10...40).contains(keys.count))
    #expect(Blocking.keys(of: [:]) == [])
  }

  @Test func `records with a key in common are pairs once, unless too many have it`() {
    var space = MatchSpace(MatchRecords([[MatchField: String]](repeating: [:], count: 4)))
    #expect(
      Blocking.pairs([[1, 2], [2, 3], [], [1, 2, 9]], in: space) == [MatchPair(0, 1), MatchPair(0, 3), MatchPair(1, 3)])
    space = MatchSpace(
      MatchRecords([[MatchField: String]](repeating: [:], count: 4)), isSecond: [false, false, true, true])
    #expect(Blocking.pairs([[1], [1], [1], [2]], in: space) == [MatchPair(0, 2), MatchPair(1, 2)])
    for count in [Blocking.largestBlock, Blocking.largestBlock + 1] {
      let many = MatchSpace(MatchRecords([[MatchField: String]](repeating: [:], count: count)))
      let pairs = Blocking.pairs([[Int64]](repeating: [7], count: count), in: many)
      #expect(pairs.count == (count > Blocking.largestBlock ? 0 : count * (count - 1) / 2))
    }
  }

  @Test(arguments: [
    ("robert", "r163"), ("rupert", "r163"), ("ashcraft", "a261"), ("tymczak", "t522"), ("pfister", "p236"),
    ("honeyman", "h555"),
  ])
  func `Soundex of the National Archives' examples`(word: String, expected: String) {
    // They fill up with zeros what has fewer consonants.
    #expect(soundex(Substring(word)) == expected)
  }
}
