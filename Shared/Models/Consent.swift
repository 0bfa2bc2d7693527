/// Whether a person agreed or took it back.
public enum ConsentDecision: String, Codable, CaseIterable, Sendable {
  case granted
  case withdrawn
}

/// One record of consent; records are only ever added.
public struct ConsentRecord: Codable, Sendable {
  public var consent: ID<ConsentRecord>
  public var profile: ID<Profile>
  public var purpose: String
  /// Channel the record is about; absent for all channels.
  public var channel: String?
  public var state: ConsentDecision
  /// Legal basis, in the words of whoever recorded it.
  public var basis: String
  /// Proof: a form's text version, a recording, an address.
  public var evidence: RawJSON?
  public var recordedAt: Timestamp

  public init(
    consent: ID<ConsentRecord>, profile: ID<Profile>, purpose: String, channel: String? = nil,
    state: ConsentDecision, basis: String, evidence: RawJSON? = nil, recordedAt: Timestamp
  ) {
    self.consent = consent
    self.profile = profile
    self.purpose = purpose
    self.channel = channel
    self.state = state
    self.basis = basis
    self.evidence = evidence
    self.recordedAt = recordedAt
  }
}

/// What the latest record says of a purpose on a channel.
public struct ConsentState: Codable, Sendable {
  public var purpose: String
  public var channel: String?
  public var state: ConsentDecision
  public var basis: String
  public var recordedAt: Timestamp
}
