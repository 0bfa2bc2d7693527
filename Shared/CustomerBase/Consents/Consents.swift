import Models
import Postgres

/// Whether something may be done to a customer, and why.
public struct ConsentVerdict: Codable, Sendable {
  /// Whether it may be done.
  public var allowed: Bool
  /// `granted` or `withdrawn` where the person's word decides, `unrecorded` where it would and nobody ever asked, `basis`
  /// where the purpose's legal basis allows it without.
  public var reason: String
  /// Legal basis of the purpose.
  public var basis: LegalBasis
  /// When the deciding record was made.
  public var recordedAt: Timestamp?

  /// What follows from the basis and the deciding record.
  public init(_ basis: LegalBasis, _ decision: ConsentDecision?, at recordedAt: Timestamp?) {
    let decision = basis.heedsThePerson ? decision : nil
    allowed = basis.isAllowed(decision)
    reason = decision?.rawValue ?? (allowed ? "basis" : "unrecorded")
    self.basis = basis
    self.recordedAt = decision == nil ? nil : recordedAt
  }
}

/// What a person said of a purpose, as somebody tells it.
public struct ToldConsent: Sendable {
  /// Profile that it was said under.
  public var profile: ID<Profile>
  public var purpose: String
  /// Nil for all channels.
  public var channel: String?
  public var state: ConsentDecision
  /// The purpose's own when nil.
  public var basis: String?
  /// Version of the text that the person read; the latest when nil.
  public var textVersion: Int?
  public var evidence: RawJSON?

  public init(
    profile: ID<Profile>, purpose: String, channel: String?, state: ConsentDecision, basis: String? = nil,
    textVersion: Int? = nil, evidence: RawJSON? = nil
  ) {
    self.profile = profile
    self.purpose = purpose
    self.channel = channel
    self.state = state
    self.basis = basis
    self.textVersion = textVersion
    self.evidence = evidence
  }
}

extension CustomerBase {
  /// Adds a record of consent to the profile. Nil, and nothing is added, where no such version of the text is known.
  ///
  /// - Throws: `notFound` when the purpose is not defined.
  public func recordConsent(_ told: ToldConsent) async throws -> ConsentRecord? {
    let rows = try await database.rows(
      """
      SELECT p.basis, t.version::int8
      FROM base.purposes p
      LEFT JOIN base.purpose_texts t
        ON t.purpose = p.key AND t.version = COALESCE(\(told.textVersion), p.text_version)
      WHERE p.key = \(told.purpose)
      """)
    guard let row = rows.first else { throw Failure.notFound.about("purpose") }
    let (basis, version) = try row.decode(String.self, Int?.self)
    guard let version else { return nil }
    let record = ConsentRecord(
      consent: ids.make(), profile: told.profile, purpose: told.purpose, channel: told.channel, state: told.state,
      basis: told.basis ?? basis, textVersion: version, evidence: told.evidence, recordedAt: now)
    _ = database.send(
      """
      INSERT INTO base.consents (id, profile, purpose, channel, state, basis, text_version, evidence, recorded_at)
      VALUES (\(record.consent), \(record.profile), \(record.purpose), \(record.channel), \(record.state.rawValue),
        \(record.basis), \(version), \(record.evidence), \(record.recordedAt))
      """)
    append([try JournalEntry(subject: record.profile, type: "consent.\(record.state.rawValue)", payload: record)])
    return record
  }

  /// Whether the purpose may be served with the customer, on the channel.
  ///
  /// Over all of the customer's profiles the latest record for that channel, or for all channels, decides; at equal
  /// time withdrawal wins; what no record means follows from the purpose's basis. No customer: nil.
  ///
  /// - Throws: `notFound` when the purpose is not defined.
  public func consent(
    of customer: ID<Customer>, to purpose: String, on channel: String?
  ) async throws -> ConsentVerdict? {
    let rows = try await database.rows(
      """
      SELECT p.basis, c.state, c.recorded_at
      FROM base.members me
      LEFT JOIN base.purposes p ON p.key = \(purpose)
      LEFT JOIN LATERAL (
        SELECT r.state, r.recorded_at
        FROM base.members m JOIN base.consents r ON r.profile = m.profile
        WHERE m.customer = me.customer AND r.purpose = \(purpose)
          AND (r.channel IS NULL OR r.channel = \(channel))
        ORDER BY r.recorded_at DESC, r.state DESC LIMIT 1
      ) c ON true
      WHERE me.profile = \(customer)
      """)
    guard let row = rows.first else { return nil }
    let (basis, state, recordedAt) = try row.decode(String?.self, String?.self, Timestamp?.self)
    guard let basis = basis.flatMap(LegalBasis.init) else { throw Failure.notFound.about("purpose") }
    return ConsentVerdict(basis, state.flatMap(ConsentDecision.init), at: recordedAt)
  }

  /// SQL that holds for the customers, in the column named, whom the purpose may be served with: what `consents.check`
  /// says without a channel, for a whole statement at the price of one look at who refuses.
  public static func serves(_ purpose: PurposeKey, _ customer: StaticString) -> SQL {
    "\(SQL(trusted: customer)) NOT IN (SELECT f.customer FROM base.refusing(\(purpose.text)) f)"
  }
}

extension CustomerBase {
  /// All records of consent over the customer's profiles, latest first.
  public func consents(of customer: ID<Customer>, before: ConsentPosition?, limit: Int) async throws -> [ConsentRecord]
  {
    try await database.all(
      """
      SELECT r.id AS consent, r.profile, r.purpose, r.channel, r.state, r.basis, r.text_version,
        r.evidence, r.recorded_at
      FROM base.members me
      JOIN base.members m ON m.customer = me.customer
      JOIN base.consents r ON r.profile = m.profile
      WHERE me.profile = \(customer)
        AND (\(before?.at)::timestamptz IS NULL OR (r.recorded_at, r.id) < (\(before?.at), \(before?.consent)))
      ORDER BY r.recorded_at DESC, r.id DESC LIMIT \(limit)
      """)
  }
}

/// Where a page of a history ended.
public struct ConsentPosition: Codable, Sendable {
  public var at: Timestamp
  public var consent: ID<ConsentRecord>

  public init(at: Timestamp, consent: ID<ConsentRecord>) {
    self.at = at
    self.consent = consent
  }
}
