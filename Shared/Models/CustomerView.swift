/// Everything known of one customer, over all of its profiles.
///
/// A pure function of the facts and the active links: unlinking brings back, byte for byte, what was shown before.
public struct CustomerView: Codable, Sendable {
  public var customer: ID<Customer>
  /// Profiles, earliest first.
  public var profiles: [Profile]
  /// Identifiers the profiles carry, by kind and value.
  public var identifiers: [CarriedIdentifier]
  /// Traits by name, the most recent first.
  public var traits: [Trait]
  /// What decides on each purpose and channel now.
  public var consents: [ConsentState]
  /// Purchases by currency; cancelled and returned orders are none.
  public var orderTotals: [OrderTotal]
}

/// An identifier with the profile that carries it.
public struct CarriedIdentifier: Codable, Sendable {
  public var kind: IdentifierKind
  public var value: String
  public var verified: Bool
  public var profile: ID<Profile>
  public var source: String
  /// When the profile was first seen with it.
  public var at: Timestamp
}

/// Something a source says of a person.
public struct Trait: Codable, Sendable {
  public var name: String
  public var value: RawJSON
  /// Whether it is the most recent value of its name, the one to show.
  public var current: Bool
  public var profile: ID<Profile>
  public var source: String
  /// When the source last changed it.
  public var at: Timestamp
}

/// Purchases in one currency.
public struct OrderTotal: Codable, Sendable {
  public var currency: Currency
  public var orders: Int
  public var revenue: Money
  public var firstOrderedAt: Timestamp
  public var lastOrderedAt: Timestamp
}
