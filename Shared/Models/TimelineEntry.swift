/// Something that happened to a customer.
public struct TimelineEntry: Codable, Sendable {
  /// When it happened.
  public var at: Timestamp
  /// What it was, as `order.placed`, `event.track`, `link.created`.
  public var type: String
  /// Profile that it happened to.
  public var profile: ID<Profile>
  /// System or service that reported it.
  public var source: String
  /// The fact itself, shaped by its type.
  public var details: RawJSON

  public init(
    at: Timestamp, type: String, profile: ID<Profile>, source: String, details: RawJSON
  ) {
    self.at = at
    self.type = type
    self.profile = profile
    self.source = source
    self.details = details
  }
}
