/// One source's record of a person: a visitor, a web account, an entry of a mailing list, a party of an ERP system.
///
/// Its identity is `source` and `externalId`, for ever.
public struct Profile: Codable, Hashable, Sendable {
  /// Id of the profile, for ever.
  public var profile: ID<Profile>
  /// System the record comes from.
  public var source: String
  /// Id of the record in its source.
  public var externalId: String
  /// When the suite first heard of it.
  public var createdAt: Timestamp

  public init(profile: ID<Profile>, source: String, externalId: String, createdAt: Timestamp) {
    self.profile = profile
    self.source = source
    self.externalId = externalId
    self.createdAt = createdAt
  }
}

/// A customer is a connected component of linked profiles; its id is that of its earliest profile.
public enum Customer {}

/// A profile by its identity in its source.
public struct ProfileReference: Codable, Hashable, Sendable {
  /// System the record comes from.
  public var source: SourceName
  /// Id of the record in that system.
  public var externalId: ExternalID

  public init(source: SourceName, externalId: ExternalID) {
    self.source = source
    self.externalId = externalId
  }
}
