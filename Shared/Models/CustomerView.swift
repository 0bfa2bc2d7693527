/// Everything known of one customer, over all of its profiles.
///
/// A pure function of the facts and the active links: unlinking brings back, byte for byte, what was shown before.
public struct CustomerView: Codable, Sendable {
  /// Id of the customer: that of the earliest profile.
  public var customer: ID<Customer>
  /// Profiles, earliest first.
  public var profiles: [Profile]
  /// Identifiers the profiles carry, by kind and value.
  public var identifiers: [CarriedIdentifier]
  /// Traits by name, the one to show first: by the trait's policy, otherwise the most recent.
  public var traits: [Trait]
  /// What decides on each purpose and channel now.
  public var consents: [ConsentState]
  /// Purchases by currency; cancelled and returned orders are none.
  public var orderTotals: [OrderTotal]
}

/// An identifier with the profile that carries it.
public struct CarriedIdentifier: Codable, Sendable {
  /// What kind of identifier it is.
  public var kind: IdentifierKind
  /// Value in its normal form.
  public var value: String
  /// Whether the source has proof that the value is this person's.
  public var verified: Bool
  /// Profile that carries it.
  public var profile: ID<Profile>
  /// System the profile comes from.
  public var source: String
  /// When the profile was first seen with it.
  public var at: Timestamp
}

/// Something a source says of a person.
public struct Trait: Codable, Sendable {
  /// Name of the trait, as `givenName`.
  public var name: String
  /// What the source says.
  public var value: RawJSON
  /// Whether it is the one to show of its name: by the trait's policy, otherwise the most recent.
  public var current: Bool
  /// Profile that the source says it of.
  public var profile: ID<Profile>
  /// System that says it.
  public var source: String
  /// When the source last changed it.
  public var at: Timestamp
}

/// Purchases in one currency.
public struct OrderTotal: Codable, Sendable {
  /// Currency of the orders.
  public var currency: Currency
  /// Number of orders.
  public var orders: Int
  /// Sum of the orders.
  public var revenue: Money
  /// Time of the earliest order.
  public var firstOrderedAt: Timestamp
  /// Time of the latest order.
  public var lastOrderedAt: Timestamp
}
