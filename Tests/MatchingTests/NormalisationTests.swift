import Testing

@testable import Matching

struct NormalisationTests {
  @Test func `a whole name stands in where its parts are missing`() {
    let told = ["fullName": "Dr. Ada King Lovelace"]
    #expect(Normalisation.values(traits: told) == [.givenName: "ada king", .familyName: "lovelace"])
    #expect(
      Normalisation.values(traits: ["fullName": "Lovelace, Ada"]) == [.givenName: "ada", .familyName: "lovelace"])
    let both = Normalisation.values(traits: ["fullName": "Somebody Else", "familyName": "Lovelace"])
    #expect(both == [.familyName: "lovelace"])
  }

  @Test func `what says nothing is nothing, and other traits are left alone`() {
    let told = ["givenName": " - ", "familyName": "N/A", "street": "unknown", "plan": "gold", "cluster": "7"]
    #expect(Normalisation.values(traits: told) == [:])
  }

  @Test func `a house number is told apart from its street`() {
    let behind = Normalisation.values(traits: ["street": "Hauptstraße 12a"])
    #expect(behind == [.street: "hauptstrasse", .streetNumber: "12a"])
    #expect(Normalisation.values(traits: ["street": "12 Main St"]) == [.street: "main st", .streetNumber: "12"])
    let apart = Normalisation.values(traits: ["street": "12 Main St", "streetNumber": "14"])
    #expect(apart == [.street: "12 main st", .streetNumber: "14"])
  }

  @Test(arguments: ["\u{0}", "🎉", "٣", "a\u{301}", "\u{fffd}", String(repeating: "x", count: 10_000)])
  func `whatever text comes is a value or none`(text: String) {
    for field in MatchField.allCases {
      let value = Normalisation.value(text, of: field)
      #expect((value?.count ?? 0) <= 200)
      #expect(Blocking.keys(of: value.map { [field: $0] } ?? [:]).count <= 10)
    }
  }

  @Test func `marks do not count`() {
    #expect(Normalisation.words("Ørsted-Łukasz Æsir", apart: false) == "orsted lukasz aesir")
    #expect(Normalisation.words("Zoe\u{308}", apart: false) == "zoe")
    #expect(Normalisation.words("Ελένη", apart: false) == "ελένη")
  }
}
