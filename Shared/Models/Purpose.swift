/// Why data may be used at all: the legal bases of Art. 6(1) GDPR.
public enum LegalBasis: String, Codable, CaseIterable, Sendable {
  /// The person agreed; without a grant nothing is allowed.
  case consent
  /// A contract with the person cannot be fulfilled without it; no record changes that.
  case contract
  /// A law asks for it; no record changes that.
  case legalObligation
  /// Somebody's life depends on it; no record changes that.
  case vitalInterests
  /// The public interest; allowed until the person objects.
  case publicTask
  /// The firm's own interest; allowed until the person objects.
  case legitimateInterests

  /// Whether the person's own word decides: a grant, or an objection (Art. 21).
  public var heedsThePerson: Bool { isAllowed(.withdrawn) != isAllowed(.granted) }

  /// Whether something may be done on this basis when this is the deciding record, or when there is none.
  public func isAllowed(_ decision: ConsentDecision?) -> Bool {
    switch self {
    case .consent: decision == .granted
    case .publicTask, .legitimateInterests: decision != .withdrawn
    case .contract, .legalObligation, .vitalInterests: true
    }
  }
}

/// Something that data of people are used for.
public struct Purpose: Codable, Sendable {
  /// Key of the purpose, as `marketing`.
  public var key: PurposeKey
  /// Legal basis of the purpose.
  public var basis: LegalBasis
  /// What people are told of it, by locale.
  public var text: [String: String]
  /// Version of the text, 1 for the first.
  public var textVersion: Int
  /// When this version was saved; absent for the texts that the suite comes with.
  public var savedAt: Timestamp?

  public init(key: PurposeKey, basis: LegalBasis, text: [String: String], textVersion: Int, savedAt: Timestamp?) {
    self.key = key
    self.basis = basis
    self.text = text
    self.textVersion = textVersion
    self.savedAt = savedAt
  }
}

/// Key of a purpose, as `marketing`: a letter, then up to 49 letters, digits, `-` or `_`.
public struct PurposeKey: TextValue {
  public let text: String
  public static let expectation = "a letter, then up to 49 letters, digits, '-' or '_'"

  public init(normal text: String) { self.text = text }

  public static func normalise(_ text: String) -> String? {
    let isKey = text.utf8.allSatisfy {
      isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
    }
    return isKey && text.utf8.count <= 50 && text.utf8.first.map(isLetter) == true ? text : nil
  }

  /// What the suite learns of a person's behaviour: scores, forecasts, recommendations.
  public static let profiling = PurposeKey(fixed: "profiling")
}

/// Tag of a language and where it is spoken, as `en` or `de-AT` (BCP 47).
public struct LocaleTag: TextValue {
  public let text: String
  public static let expectation = "a language tag as 'en' or 'de-AT'"

  public init(normal text: String) { self.text = text }

  public static func normalise(_ text: String) -> String? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard text.utf8.count <= 35, let language = parts.first, (2...3).contains(language.utf8.count),
      language.utf8.allSatisfy(isLetter),
      parts.dropFirst().allSatisfy({
        (1...8).contains($0.utf8.count) && $0.utf8.allSatisfy { isLetter($0) || isDigit($0) }
      })
    else { return nil }
    return text
  }

  /// The language alone.
  public var language: String { String(text.prefix { $0 != "-" }) }
}

private func isLetter(_ byte: UInt8) -> Bool {
  (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
}
private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
