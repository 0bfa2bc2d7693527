import Models
import Testing

struct PurposeTests {
  @Test func `each basis heeds the person's word or does not`() {
    let word: [LegalBasis: [Bool]] = [
      .consent: [false, true, false], .contract: [true, true, true], .legalObligation: [true, true, true],
      .vitalInterests: [true, true, true], .publicTask: [true, true, false], .legitimateInterests: [true, true, false],
    ]
    for basis in LegalBasis.allCases {
      #expect([nil, .granted, .withdrawn].map { basis.isAllowed($0) } == word[basis], "\(basis)")
      #expect(basis.heedsThePerson == (Set(word[basis] ?? []).count == 2), "\(basis)")
    }
  }

  @Test(arguments: ["en", "de-AT", "zh-Hant-TW", "es-419"])
  func `a language tag is taken as it is`(tag: String) {
    #expect(LocaleTag(tag)?.text == tag)
    #expect(LocaleTag(tag).map { String($0.language) } == String(tag.prefix(2)))
  }

  @Test(arguments: ["", "e", "english", "de_AT", "de-", "-AT", "1e", "de-AT ", "de-123456789"])
  func `what is no language tag is none`(tag: String) {
    #expect(LocaleTag(tag) == nil)
  }

  @Test func `a purpose's key begins with a letter`() {
    #expect(PurposeKey("a-b_2")?.text == "a-b_2")
    for wrong in ["", "2a", "a b", "ä", "a.b", String(repeating: "a", count: 51)] { #expect(PurposeKey(wrong) == nil) }
  }
}
