import Matching
import Testing

/// What must hold whatever the records are.
struct MatchScoringTests {
  private let ada: [MatchField: String] = [
    .givenName: "ada", .familyName: "lovelace", .dateOfBirth: "18151210", .street: "st james square",
    .postalCode: "sw1y4le",
  ]
  private let grace: [MatchField: String] = [
    .givenName: "grace", .familyName: "hopper", .dateOfBirth: "19061209", .street: "west end avenue",
    .postalCode: "10024",
  ]

  private static let lists: [(String, [[MatchField: String]])] = {
    let person: [MatchField: String] = [.givenName: "ada", .familyName: "lovelace", .dateOfBirth: "18151210"]
    return [
      ("nobody", []), ("one", [person]), ("two", [person, person]), ("two who tell nothing", [[:], [:]]),
      ("a hundred of one", [[MatchField: String]](repeating: person, count: 100)),
      ("none alike", (0..<50).map { [.givenName: letters($0 * 131), .familyName: letters($0 * 977)] }),
      ("a field that is always the same", (0..<50).map { [.country: "de", .familyName: letters($0 * 977)] }),
      ("each a field of its own", [[.givenName: "ada"], [.familyName: "lovelace"], [.street: "square"]]),
    ]
  }()

  @Test(arguments: lists.indices) func `every list gives probabilities`(_ place: Int) {
    let (name, records) = Self.lists[place]
    let (scoring, model) = learnt(records)
    #expect(model.prior > 0 && model.prior < 1, "\(name)")
    for field in model.fields {
      for shares in [field.m, field.u] + field.uGiven {
        #expect(abs(shares.reduce(0, +) - 1) < 1e-9, "\(name)")
        #expect(shares.allSatisfy { $0 > 0 }, "\(name)")
      }
    }
    for b in records.indices {
      for a in 0..<b {
        let score = scoring.score(a, b)
        #expect(score.probability >= 0 && score.probability <= 1, "\(name)")
        #expect(score.weight.isFinite, "\(name)")
        #expect(score.probability == scoring.score(b, a).probability, "either way round")
      }
    }
  }

  @Test func `two who agree in everything are one person, two who agree in nothing are not`() {
    let (scoring, _) = learnt([ada, ada, grace])
    #expect(scoring.probability(0, 1) > 0.9)
    #expect(scoring.probability(0, 2) < 0.01)
  }

  @Test func `a field that is always the same says next to nothing`() throws {
    var records = people()
    for place in records.indices { records[place][.country] = "de" }
    let (scoring, _) = learnt(records)
    let country = try #require(scoring.score(0, 1).findings.first { $0.field == .country })
    #expect(abs(country.weight) < 0.1)
  }

  @Test func `a missing value says nothing`() {
    var records = people()
    records[1][.dateOfBirth] = nil
    let (scoring, _) = learnt(records)
    let score = scoring.score(0, 1)
    #expect(score.findings.map(\.field) == [.givenName, .familyName])
  }

  @Test func `agreement on a rare name says more than on a common one`() throws {
    var records = people()
    for place in stride(from: 20, to: 100, by: 2) { records[place][.familyName] = "smith" }
    records[0][.familyName] = "featherstonehaugh"
    records[1][.familyName] = "featherstonehaugh"
    let (scoring, _) = learnt(records)
    func weight(_ a: Int, _ b: Int) throws -> Double {
      try #require(scoring.score(a, b).findings.first { $0.field == .familyName }).weight
    }
    #expect(try weight(0, 1) > weight(20, 22) + 3)
  }

  @Test func `a name is no more common for one person's records of it`() throws {
    // Ten records of one person against ten people of one name.
    var records = people()
    for _ in 0..<10 { records.append([.givenName: "ada", .familyName: "lovelace", .dateOfBirth: "18151210"]) }
    for person in 0..<10 {
      records.append([
        .givenName: "g\(letters(person * 371))", .familyName: "byron", .dateOfBirth: "17\(20 + person)0\(person)01",
      ])
    }
    let (scoring, _) = learnt(records)
    let count = records.count
    let own = try #require(scoring.score(count - 20, count - 19).findings.first { $0.field == .familyName })
    let others = try #require(scoring.score(count - 10, count - 9).findings.first { $0.field == .familyName })
    #expect(own.weight > others.weight + 1)
  }

  /// Names and days of birth of a hundred people, the first ten of them twice.
  private func people() -> [[MatchField: String]] {
    var records: [[MatchField: String]] = []
    for person in 0..<100 {
      let values: [MatchField: String] = [
        .givenName: "g\(letters(person * 37 % 100 * 31))", .familyName: "f\(letters(person * 53))",
        .dateOfBirth: "19\(10 + person % 89)0\(1 + person % 9)1\(person % 7)",
      ]
      records.append(values)
      if person < 10 { records.append(values) }
    }
    return records
  }
}
