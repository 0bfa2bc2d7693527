/// Whether a person agreed or took it back.
public enum ConsentDecision: String, Codable, CaseIterable, Sendable {
  /// The person agreed.
  case granted
  /// The person refused or took it back.
  case withdrawn
}

/// One record of consent; records are only ever added.
public struct ConsentRecord: Codable, Sendable {
  /// Id of the record.
  public var consent: ID<ConsentRecord>
  /// Profile that the consent was given under.
  public var profile: ID<Profile>
  /// What for, as `marketing`.
  public var purpose: String
  /// Channel the record is about; absent for all channels.
  public var channel: String?
  /// Whether it was given or taken back.
  public var state: ConsentDecision
  /// Legal basis, in the words of whoever recorded it.
  public var basis: String
  /// Version of the purpose's text that the person read; absent for records that are older than the texts.
  public var textVersion: Int?
  /// Proof: a form, a recording, an address.
  public var evidence: RawJSON?
  /// When it was recorded.
  public var recordedAt: Timestamp

  public init(
    consent: ID<ConsentRecord>, profile: ID<Profile>, purpose: String, channel: String? = nil,
    state: ConsentDecision, basis: String, textVersion: Int?, evidence: RawJSON? = nil, recordedAt: Timestamp
  ) {
    self.consent = consent
    self.profile = profile
    self.purpose = purpose
    self.channel = channel
    self.state = state
    self.basis = basis
    self.textVersion = textVersion
    self.evidence = evidence
    self.recordedAt = recordedAt
  }
}

/// What the latest record says of a purpose on a channel.
public struct ConsentState: Codable, Sendable {
  /// What for, as `marketing`.
  public var purpose: String
  /// Channel it is about; absent for all channels.
  public var channel: String?
  /// Whether the person agrees.
  public var state: ConsentDecision
  /// Legal basis, in the words of whoever recorded it.
  public var basis: String
  /// When the deciding record was made.
  public var recordedAt: Timestamp
}
