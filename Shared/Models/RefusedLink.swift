/// Why profiles are not linked although something says that they are one person.
public enum LinkRefusal: String, Codable, CaseIterable, Sendable {
  /// The address is a role's, as `info@`: many people may stand behind it.
  case roleAddress
  /// The value is on the list of values that identify nobody.
  case blocked
  /// A person removed the link of this evidence between the two.
  case removedByHand
  /// A person decided that the two are two people.
  case decidedDifferent
  /// Somebody else signed in on the device before: the visitor's profile is closed, and another one begins.
  case sharedDevice
}

/// A link that evidence speaks for and that is not made.
public struct RefusedLink: Codable, Hashable, Sendable {
  /// `identify`, `match`, or the kind and value both profiles carry, as `email:info@example.com`.
  public var evidence: String
  /// Profile that it would have been linked with.
  public var with: ID<Profile>
  /// Why it is not.
  public var reason: LinkRefusal

  public init(evidence: String, with: ID<Profile>, reason: LinkRefusal) {
    self.evidence = evidence
    self.with = with
    self.reason = reason
  }
}
