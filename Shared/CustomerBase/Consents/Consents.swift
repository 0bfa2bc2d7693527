import Models
import Postgres

/// Whether something may be done to a customer, and why.
public struct ConsentVerdict: Codable, Sendable {
  /// Whether it may be done.
  public var allowed: Bool
  /// `granted`, `withdrawn`, or `unrecorded` when nobody ever asked.
  public var reason: String
  /// When the deciding record was made.
  public var recordedAt: Timestamp?
}

extension CustomerBase {
  /// Adds a record of consent to the profile.
  ///
  /// - Throws: `notFound` when the purpose is not defined.
  public func recordConsent(_ record: ConsentRecord) async throws {
    let isDefined: Bool = try await database.one(
      "SELECT EXISTS (SELECT FROM base.purposes WHERE key = \(record.purpose))")
    guard isDefined else { throw Failure.notFound.about("purpose") }
    _ = database.send(
      """
      INSERT INTO base.consents (id, profile, purpose, channel, state, basis, evidence, recorded_at)
      VALUES (\(record.consent), \(record.profile), \(record.purpose), \(record.channel), \(record.state.rawValue),
        \(record.basis), \(record.evidence), \(record.recordedAt))
      """)
    append([try JournalEntry(subject: record.profile, type: "consent.\(record.state.rawValue)", payload: record)])
  }

  /// Whether the customer agreed to the purpose, on the channel.
  ///
  /// Over all of the customer's profiles the latest record for that channel, or for all channels, decides; at equal
  /// time withdrawal wins; where nothing is recorded nothing is allowed. No customer: nil.
  public func consent(
    of customer: ID<Customer>, to purpose: String, on channel: String?
  ) async throws -> ConsentVerdict? {
    try await database.first(
      """
      SELECT COALESCE(c.state = 'granted', false) AS allowed, COALESCE(c.state, 'unrecorded') AS reason, c.recorded_at
      FROM base.members me
      LEFT JOIN LATERAL (
        SELECT r.state, r.recorded_at
        FROM base.members m JOIN base.consents r ON r.profile = m.profile
        WHERE m.customer = me.customer AND r.purpose = \(purpose)
          AND (r.channel IS NULL OR r.channel = \(channel))
        ORDER BY r.recorded_at DESC, r.state DESC LIMIT 1
      ) c ON true
      WHERE me.profile = \(customer)
      """)
  }
}

extension CustomerBase {
  /// All records of consent over the customer's profiles, latest first.
  public func consents(of customer: ID<Customer>, before: ConsentPosition?, limit: Int) async throws -> [ConsentRecord]
  {
    try await database.all(
      """
      SELECT r.id AS consent, r.profile, r.purpose, r.channel, r.state, r.basis, r.evidence, r.recorded_at
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
