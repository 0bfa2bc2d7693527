/// What a profile can be known by.
public enum IdentifierKind: String, Codable, CaseIterable, Sendable {
  /// E-mail address.
  case email
  /// Telephone number in E.164.
  case phone
  /// Account of a website or application.
  case user
  /// Browser or device nobody has signed in on.
  case anonymous
  /// Card of a loyalty program.
  case loyaltyCard
  /// Account of a social network.
  case social
  /// Party of an ERP system.
  case erp

  /// Whether two profiles that carry the same verified value are one person.
  public var joinsPeople: Bool {
    switch self {
    case .email, .phone, .user, .loyaltyCard, .erp: true
    case .anonymous, .social: false
    }
  }

  /// The value as it is kept and compared; nil when it is no value of this kind.
  public func normalise(_ value: String) -> String? {
    switch self {
    case .email: EmailAddress(value)?.text
    case .phone: PhoneNumber(value)?.text
    case .user, .anonymous, .loyaltyCard, .social, .erp:
      (1...200).contains(trimmed(value).utf8.count) ? trimmed(value) : nil
    }
  }
}

/// A value by which a profile can be recognised, normalised by its kind.
public struct Identifier: Hashable, Sendable, Codable {
  /// What kind of identifier it is.
  public var kind: IdentifierKind
  /// Value in its normal form: addresses in lower case, telephone numbers in E.164.
  public var value: String
  /// Whether the source has proof that the value is this person's. Only verified values join profiles.
  public var verified: Bool?

  public init?(kind: IdentifierKind, value: String, verified: Bool = false) {
    guard let normal = kind.normalise(value) else { return nil }
    self.kind = kind
    self.value = normal
    self.verified = verified
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    kind = try container.decode(IdentifierKind.self, forKey: .kind)
    verified = try container.decodeIfPresent(Bool.self, forKey: .verified)
    guard let normal = kind.normalise(try container.decode(String.self, forKey: .value)) else {
      throw DecodingError.dataCorruptedError(
        forKey: .value, in: container, debugDescription: "is no value of kind \(kind.rawValue)")
    }
    value = normal
  }

  /// Whether the value, once verified, may join profiles; a role address never does.
  public var joinsPeople: Bool {
    speaksForLinks && (kind != .email || EmailAddress(value)?.isRole == false)
  }

  /// Whether the value says that its carriers are one person, although it may yet be one that identifies nobody.
  public var speaksForLinks: Bool { verified == true && kind.joinsPeople }
}
