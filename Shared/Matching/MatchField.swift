/// What two records are compared by: the standard traits, and the addresses that profiles carry.
public enum MatchField: String, Codable, CaseIterable, Sendable {
  /// First name.
  case givenName
  /// Family name.
  case familyName
  /// Day of birth.
  case dateOfBirth
  /// Number of the house.
  case streetNumber
  /// Street.
  case street
  /// Town or suburb.
  case locality
  /// Postal code.
  case postalCode
  /// State, province or county.
  case region
  /// Country.
  case country
  /// What the person does.
  case occupation
  /// Where the person was born.
  case birthPlace
  /// Gender, as the source has it.
  case gender
  /// Organisation the person stands for.
  case company
  /// Number that a state gives a person.
  case nationalId
  /// Time zone.
  case timeZone
  /// Language and country of the interface.
  case locale
  /// E-mail address.
  case email
  /// Telephone number.
  case phone

  /// How values of the field are compared.
  public enum Kind: Sendable {
    case name, date, text, code, category, email, phone
  }

  public var kind: Kind {
    switch self {
    case .givenName, .familyName: .name
    case .dateOfBirth: .date
    case .street, .locality, .occupation, .birthPlace, .company: .text
    case .streetNumber, .postalCode, .nationalId: .code
    case .region, .country, .gender, .timeZone, .locale: .category
    case .email: .email
    case .phone: .phone
    }
  }

  /// The levels of agreement, best first; the last is disagreement. A value that either record lacks has no level.
  public var levels: [MatchLevel] { kind.levels }

  /// Its place among all fields.
  var index: Int { Self.indices[self] ?? 0 }

  private static let indices = Dictionary(uniqueKeysWithValues: zip(allCases, allCases.indices))
}

extension MatchField.Kind {
  /// At most seven, so that a level takes three bits of a pattern.
  public var levels: [MatchLevel] {
    switch self {
    case .name: [.exact, .near, .similar, .partial, .swapped, .different]
    case .date: [.exact, .typingError, .swapped, .partial, .similar, .different]
    case .text: [.exact, .near, .similar, .partial, .different]
    case .code: [.exact, .typingError, .partial, .different]
    case .category: [.exact, .typingError, .different]
    case .email: [.exact, .sameMailbox, .near, .different]
    case .phone: [.exact, .partial, .typingError, .different]
    }
  }
}

/// How far two values agree.
public enum MatchLevel: String, Codable, CaseIterable, Sendable {
  /// The same in their normal form.
  case exact
  /// Jaro-Winkler similarity of at least 0.92, or one typing error.
  case near
  /// Jaro-Winkler similarity of at least 0.8; of dates, two digits differ.
  case similar
  /// A part is the same: an initial, one of several words, two of day, month and year, the beginning of a code, the last
  /// seven digits of a telephone number.
  case partial
  /// One character was typed wrongly, left out, added, or changed places with its neighbour.
  case typingError
  /// Given and family name, or day and month, changed places.
  case swapped
  /// The part before the `@` is the same, the rest is not.
  case sameMailbox
  /// None of these.
  case different
}
