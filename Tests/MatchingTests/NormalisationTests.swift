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

  @Test(arguments: [
    ("DE", "de"), ("deu", "de"), ("Germany", "de"), ("Deutschland ", "de"), ("Österreich", "at"), ("U.K.", "gb"),
    ("United States of America", "us"), ("Côte d'Ivoire", "ci"), ("Atlantis", "atlantis"), ("99", "99"),
  ])
  func `a country is its two letters, and an unknown one a text`(told: String, value: String) {
    #expect(Normalisation.value(told, of: .country) == value)
  }

  @Test(
    arguments: [
      ("Europe/Berlin", "europe berlin"), ("+01:00", "utc+0100"), ("GMT+1", "utc+0100"), ("UTC-05:30", "utc-0530"),
      ("utc", "utc+0000"), ("-00:00", "utc+0000"), ("+1:2:3:4:5", "1 2 3 4 5"), ("+", nil),
      ("Mars/Olympus", "mars olympus"),
    ] as [(String, String?)])
  func `a time zone keeps its sign`(told: String, value: String?) {
    #expect(Normalisation.value(told, of: .timeZone) == value)
  }

  @Test(
    arguments: [
      ("de-DE", "de de"), ("de_DE.UTF-8", "de de"), ("zh-Hant-TW", "zh hant tw"), ("EN", "en"), ("...", nil),
    ] as [(String, String?)])
  func `a locale is its subtags`(told: String, value: String?) {
    #expect(Normalisation.value(told, of: .locale) == value)
  }

  @Test(arguments: [
    ("1815-12-10", "18151210"), ("10.12.1815", "18151210"), ("12/31/1815", "18151231"), ("18151210", "18151210"),
    ("10121815", "18151210"), ("1815-12-10T00:00:00Z", "18151210"), ("1815-02-31", "18150231"),
    ("0000-00-00", "00000000"), ("10.12.15", "10 12 15"), ("about 1815", "about 1815"), ("31.31.1815", "18153131"),
  ])
  func `a date is its digits, and an impossible one stays`(told: String, value: String) {
    #expect(Normalisation.value(told, of: .dateOfBirth) == value)
  }

  @Test func `each standard trait is compared by its name`() {
    let standard = [
      "givenName", "familyName", "dateOfBirth", "streetNumber", "street", "locality", "postalCode", "region", "country",
      "occupation", "birthPlace", "gender", "company", "nationalId", "timeZone", "locale",
    ]
    let told = Dictionary(uniqueKeysWithValues: standard.map { ($0, "Ab1") })
    #expect(Set(Normalisation.values(traits: told).keys.map(\.rawValue)) == Set(standard))
    #expect(Normalisation.values(traits: ["fullName": "Ada Lovelace"]).count == 2)
  }

  @Test func `marks do not count`() {
    #expect(Normalisation.words("Ørsted-Łukasz Æsir", apart: false) == "orsted lukasz aesir")
    #expect(Normalisation.words("Zoe\u{308}", apart: false) == "zoe")
    #expect(Normalisation.words("Ελένη", apart: false) == "ελένη")
  }
}
