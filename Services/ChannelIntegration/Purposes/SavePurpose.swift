import CustomerBase
import Models
import Server

/// Defines what data of people are used for: on which legal basis, and what people are told of it.
///
/// Saving a purpose again with another text makes another version of it; earlier ones are kept, since records of consent
/// name the version that the person read. Another basis holds at once, for all records there are. Saving what is there
/// already changes nothing.
struct SavePurpose: Method {
  static let name = "purposes.save"
  static let access = Access.write(.purposes)

  /// Key of the purpose, as `marketing`.
  var key: PurposeKey
  /// What people are told of it, by locale, as `en` or `de-AT`: 1 to 50 texts of 1 to 10,000 bytes.
  var text: [String: String]
  /// Legal basis of the purpose.
  var basis: LegalBasis

  static func example(in _: ExampleData) -> SavePurpose {
    SavePurpose(
      key: PurposeKey(fixed: "research"),
      text: ["en": "Find out how people use tea", "de": "Erforschen, wie Menschen Tee verwenden"], basis: .consent)
  }

  func run(_ call: Call) async throws -> Purpose {
    guard (1...50).contains(text.count) else {
      throw InvalidParam(path: "/params/text", rule: "size", message: "must have 1 to 50 members")
    }
    for (locale, text) in text.sorted(by: { $0.key < $1.key }) {
      guard let tag = LocaleTag(locale) else {
        throw InvalidParam(
          path: "/params/text", rule: "name", message: "has a member whose name is not \(LocaleTag.expectation)")
      }
      guard (1...10_000).contains(text.utf8.count) else {
        throw InvalidParam(path: "/params/text/\(tag.text)", rule: "size", message: "must be 1 to 10,000 bytes long")
      }
    }
    return try await call.customerBase.savePurpose(key, text: text, basis: basis)
  }
}
