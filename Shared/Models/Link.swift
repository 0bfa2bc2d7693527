/// Evidence that two profiles are one person, and what became of it.
public struct Link: Codable, Sendable {
  /// Id of the link.
  public var link: ID<Link>
  /// One profile.
  public var a: ID<Profile>
  /// The other profile.
  public var b: ID<Profile>
  /// `manual`, `identify`, `match` (by probability), or the kind and value both profiles carry, as
  /// `email:ada@example.com`.
  public var evidence: String
  /// Why a person linked them.
  public var reason: String?
  /// When the two were linked.
  public var createdAt: Timestamp
  /// When the link was removed; absent while it holds.
  public var removedAt: Timestamp?
  /// Why a person removed it.
  public var removedReason: String?

  public init(
    link: ID<Link>, a: ID<Profile>, b: ID<Profile>, evidence: String, reason: String?, createdAt: Timestamp,
    removedAt: Timestamp? = nil, removedReason: String? = nil
  ) {
    self.link = link
    self.a = a
    self.b = b
    self.evidence = evidence
    self.reason = reason
    self.createdAt = createdAt
    self.removedAt = removedAt
    self.removedReason = removedReason
  }
}
