import Models
import Postgres

/// A record of consent of an import.
public struct ConsentRow: Codable, Sendable {
  /// Who gave it or took it back.
  public var customer: ProfileReference
  /// What for.
  public var purpose: String
  /// Channel it is about; absent for all channels.
  public var channel: Channel?
  /// Whether it was given or taken back.
  public var state: ConsentDecision
  /// Legal basis. Which version of a text was read, an import tells in the evidence.
  public var basis: Reason
  /// Proof of it.
  public var evidence: RawJSON?
  /// When it was given or taken back.
  public var recordedAt: Timestamp

  public init(
    customer: ProfileReference, purpose: String, channel: Channel? = nil, state: ConsentDecision, basis: Reason,
    evidence: RawJSON? = nil, recordedAt: Timestamp
  ) {
    self.customer = customer
    self.purpose = purpose
    self.channel = channel
    self.state = state
    self.basis = basis
    self.evidence = evidence
    self.recordedAt = recordedAt
  }
}

extension CustomerBase {
  /// Adds records of consent that are not known: one says the same as another of its profile when purpose, channel, state
  /// and time agree. Unknown customers become profiles; the purposes are defined.
  public func importConsents(_ rows: [ConsentRow]) async throws -> [UpsertOutcome] {
    let customers = try await claimCustomers(rows.map(\.customer))
    let profiles = try rows.map { row in
      guard let known = customers[row.customer] else { throw RerunCall() }
      return known.profile
    }
    // Two imports of one file meet here, before either looks what is known.
    _ = database.send(
      "SELECT id FROM base.profiles WHERE id = ANY (\(Array(Set(profiles)))) ORDER BY id FOR NO KEY UPDATE")
    let isNew: [Bool] = try await database.all(newConsents(rows, of: profiles))
    var added: [ConsentRecord] = []
    for ((row, profile), isNew) in zip(zip(rows, profiles), isNew) where isNew {
      added.append(
        ConsentRecord(
          consent: ids.make(), profile: profile, purpose: row.purpose, channel: row.channel?.text, state: row.state,
          basis: row.basis.text, textVersion: nil, evidence: row.evidence, recordedAt: row.recordedAt))
    }
    if !added.isEmpty {
      _ = database.send(
        """
        INSERT INTO base.consents (id, profile, purpose, channel, state, basis, evidence, recorded_at)
        SELECT g.id, g.profile, g.purpose, g.channel, g.state, g.basis, g.evidence, g.recorded_at
        FROM unnest(
          \(added.map(\.consent)), \(added.map(\.profile)), \(added.map(\.purpose)), \(added.map(\.channel)),
          \(added.map(\.state.rawValue)), \(added.map(\.basis)), \(added.map(\.evidence)), \(added.map(\.recordedAt))
        ) AS g (id, profile, purpose, channel, state, basis, evidence, recorded_at)
        """)
      append(
        try added.map { try JournalEntry(subject: $0.profile, type: "consent.\($0.state.rawValue)", payload: $0) })
    }
    return isNew.map { $0 ? .created : .unchanged }
  }

  /// Which rows neither the profile nor an earlier row says; a profile that is not there says nothing.
  func newConsents(_ rows: [ConsentRow], of profiles: [ID<Profile>?]) -> SQL {
    """
    SELECT NOT EXISTS (
        SELECT FROM base.consents c
        WHERE c.profile = g.profile AND c.purpose = g.purpose AND c.recorded_at = g.recorded_at AND c.state = g.state
          AND c.channel IS NOT DISTINCT FROM g.channel
      ) AND row_number() OVER (
        PARTITION BY g.customer, g.purpose, g.channel, g.state, g.recorded_at ORDER BY g.position
      ) = 1
    FROM unnest(
      \(profiles), \(rows.map { "\($0.customer.source.text)\u{1f}\($0.customer.externalId.text)" }),
      \(rows.map(\.purpose)), \(rows.map { $0.channel?.text }), \(rows.map(\.state.rawValue)), \(rows.map(\.recordedAt))
    ) WITH ORDINALITY AS g (profile, customer, purpose, channel, state, recorded_at, position)
    ORDER BY g.position
    """
  }
}
