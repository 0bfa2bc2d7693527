import Models
import Postgres

/// What is being asked of the ids that sightings name.
public struct PendingSightings: Sendable {
  let visitors: Pending
  let accounts: Pending?
  let forbidden: Pending?
}

/// Where sightings' events are stored, and what was refused.
public struct PlacedSightings: Sendable {
  /// The profile of each sighting; nil where it names nobody, or somebody who was erased.
  public var profiles: [ID<Profile>?]
  /// Links that are not made although an event asks for them, each by the place of its sighting.
  public var refused: [(sighting: Int, reason: LinkRefusal)]
}

extension CustomerBase {
  /// Source of the profiles that websites make.
  public static let web = "web"

  /// Asks who carries the ids that the sightings name. Sent, not waited for; `place` takes it.
  public func look(for sightings: [Sighting]) -> PendingSightings {
    let anonymousIds = Array(Set(sightings.compactMap(\.anonymousId)))
    let userIds = Array(Set(sightings.compactMap(\.userId)))
    // Whom a visitor's customer is known as matters to an event that names a user, and most name none.
    let visitors: SQL =
      userIds.isEmpty
      ? """
      SELECT i.value, i.profile, NULL::text AS account
      FROM base.identifiers i
      WHERE i.kind = 'anonymous' AND i.value = ANY (\(anonymousIds)) AND i.retired_at IS NULL
      ORDER BY i.value, i.profile
      """
      : """
      SELECT i.value, i.profile, u.value AS account
      FROM base.identifiers i
      JOIN base.members m ON m.profile = i.profile
      LEFT JOIN base.members n ON n.customer = m.customer
      LEFT JOIN base.identifiers u ON u.profile = n.profile AND u.kind = 'user'
      WHERE i.kind = 'anonymous' AND i.value = ANY (\(anonymousIds)) AND i.retired_at IS NULL
      ORDER BY i.value, i.profile
      """
    return PendingSightings(
      // One row of lists: a row for each of a batch costs more than finding it.
      visitors: database.send(
        """
        SELECT array_agg(v.value), array_agg(v.profile), array_agg(v.account) FROM (\(visitors)) v
        """),
      accounts: userIds.isEmpty
        ? nil
        : database.send(
          """
          SELECT DISTINCT ON (i.value) i.value, i.profile
          FROM base.identifiers i
          WHERE i.kind = 'user' AND i.value = ANY (\(userIds)) AND i.retired_at IS NULL
          ORDER BY i.value, i.verified DESC, i.profile
          """),
      // Only an event that says who a visitor is can meet what a person has forbidden.
      forbidden: sightings.contains { $0.identifies }
        ? database.send(
          """
          SELECT l.a, l.b, 'removedByHand' FROM base.identifiers i
          JOIN base.links l ON l.a = i.profile
          WHERE i.kind = 'anonymous' AND i.value = ANY (\(anonymousIds)) AND i.retired_at IS NULL
            AND l.evidence = 'identify' AND l.removed_at IS NOT NULL
          UNION ALL
          SELECT i.profile, CASE d.a WHEN i.profile THEN d.b ELSE d.a END, 'decidedDifferent' FROM base.identifiers i
          JOIN base.match_decisions d ON d.a = i.profile OR d.b = i.profile
          WHERE i.kind = 'anonymous' AND i.value = ANY (\(anonymousIds)) AND i.retired_at IS NULL
            AND d.verdict = 'different'
          """) : nil)
  }

  /// The profile of each sighting where all are of visitors and accounts that are known, and nothing is to be written of them.
  public func settled(_ sightings: [Sighting], known: PendingSightings) async throws -> [ID<Profile>]? {
    var ledger = try await ledger(known)
    guard sightings.allSatisfy({ ledger.isSettled($0) }) else { return nil }
    let placed = sightings.compactMap { ledger.place($0) { ids.make(Profile.self) } }
    return ledger.changesNothing && placed.count == sightings.count ? placed : nil
  }

  /// The profile that each sighting's event is stored under, none where it names a person who was erased; and what was
  /// refused.
  ///
  /// Visitors and accounts that are new are made, `identify` links them. Values that are known and need no change are
  /// looked up only; otherwise they are locked and looked at again, together with `others`, the values that the call
  /// will write afterwards of each sighting: behind customers they could not be locked in order any more.
  ///
  /// - Parameter known: What `look` asked for these sightings, or for more.
  public func place(
    _ sightings: [Sighting], known: PendingSightings, beforeWriting others: [[Identifier]] = []
  ) async throws -> PlacedSightings {
    var ledger = try await ledger(known)
    var erased: Set<Int> = []
    if !sightings.allSatisfy({ ledger.isSettled($0) }) {
      // Before the values are locked, which writes them down.
      erased = try await self.erased(sightings, unlessKnownIn: ledger)
      let places = sightings.indices.filter { !erased.contains($0) }
      let taken = places.map { sightings[$0] }
      lockValues(taken.flatMap(\.identifiers) + places.flatMap { others.isEmpty ? [] : others[$0] })
      ledger = try await self.ledger(look(for: taken))
    }
    let placed = sightings.indices.map { position in
      erased.contains(position) ? ledger.skip() : ledger.place(sightings[position]) { ids.make(Profile.self) }
    }
    try await write(ledger)
    try await refuse(ledger.refused.map { ($0.profile, $0.link) })
    return PlacedSightings(profiles: placed, refused: ledger.refused.map { ($0.sighting, $0.link.reason) })
  }

  /// Positions of the sightings that name a person who was erased, by an id that nobody carries now.
  private func erased(_ sightings: [Sighting], unlessKnownIn ledger: SightingLedger) async throws -> Set<Int> {
    let unknown = sightings.map { sighting in
      sighting.erasedValues.filter { value in
        guard case .identifier(let kind, let text) = value else { return false }
        return kind == IdentifierKind.user.rawValue ? ledger.accounts[text] == nil : ledger.visitors[text] == nil
      }
    }
    let erased = try await erased(among: Set(unknown.flatMap(\.self)))
    guard !erased.isEmpty else { return [] }
    return Set(unknown.indices.filter { unknown[$0].contains(where: erased.contains) })
  }

  private func ledger(_ pending: PendingSightings) async throws -> SightingLedger {
    var ledger = SightingLedger()
    var known: [String: (profile: ID<Profile>, users: Set<String>)] = [:]
    let visitors = try await pending.visitors.rows().first?.decode(
      [String]?.self, [ID<Profile>]?.self, [String?]?.self)
    let (anonymousIds, profiles, accounts) = (visitors?.0 ?? [], visitors?.1 ?? [], visitors?.2 ?? [])
    for ((anonymousId, profile), user) in zip(zip(anonymousIds, profiles), accounts) {
      // Where other sources tell the same id of profiles of theirs, the earliest has the events.
      let visitor = known[anonymousId] ?? (profile, [])
      guard visitor.profile == profile else { continue }
      known[anonymousId] = (profile, visitor.users.union(user.map { [$0] } ?? []))
    }
    for (anonymousId, visitor) in known {
      ledger.know(visitor: anonymousId, profile: visitor.profile, users: visitor.users)
    }
    for row in try await pending.accounts?.rows() ?? [] {
      let (userId, profile) = try row.decode(String.self, ID<Profile>.self)
      ledger.know(account: userId, profile: profile)
    }
    for row in try await pending.forbidden?.rows() ?? [] {
      let (a, b, reason) = try row.decode(ID<Profile>.self, ID<Profile>.self, String.self)
      let link = LinkCandidate(a: a, b: b, evidence: "identify")
      ledger.forbidden[link] = ledger.forbidden[link] ?? LinkRefusal(rawValue: reason)
    }
    return ledger
  }

  private func write(_ ledger: SightingLedger) async throws {
    let made =
      ledger.madeVisitors.map { ("anonymous", $0.anonymousId, $0.profile) }
      + ledger.madeAccounts.map { ("user", $0.userId, $0.profile) }
    if !made.isEmpty {
      // A website's id may pass from profile to profile, so the record is named by the profile's own id.
      let references = made.map { kind, _, profile in "\(kind):\(profile)" }
      let profiles = made.map(\.2)
      let claimed = database.send(
        """
        INSERT INTO base.profile_keys (source, external_id, profile)
        SELECT \(Self.web), n.external_id, n.profile FROM unnest(\(references), \(profiles)) AS n (external_id, profile)
        """)
      let known = zip(references, profiles).compactMap { external, profile in
        reference(external).map { ($0, KnownProfile(profile: profile, isNew: true)) }
      }
      makeProfiles(Dictionary(uniqueKeysWithValues: known))
      _ = database.send(
        """
        INSERT INTO base.identifiers (profile, kind, value, verified, at)
        SELECT n.profile, n.kind, n.value, false, \(now)
        FROM unnest(\(profiles), \(made.map(\.0)), \(made.map(\.1))) AS n (profile, kind, value)
        """)
      append(
        try made.map { kind, value, profile in
          try JournalEntry(
            subject: profile, type: "profile.created",
            payload: ProfileChange(
              source: Self.web, externalId: "\(kind):\(profile)", traits: [:],
              identifiers: ["\(kind):\(value)"]))
        })
      try await claimed.run()
    }
    if !ledger.closed.isEmpty {
      // After the visitors are made: one that this very call made may be closed by it too.
      _ = database.send(
        """
        UPDATE base.identifiers i SET retired_at = \(now)
        FROM unnest(\(ledger.closed.map(\.profile)), \(ledger.closed.map(\.anonymousId))) AS c (profile, value)
        WHERE i.profile = c.profile AND i.kind = 'anonymous' AND i.value = c.value
        """)
    }
    guard !ledger.links.isEmpty else { return }
    try await lockProfiles(Array(Set(ledger.links.flatMap { [$0.a, $0.b] })))
    _ = try await link(ledger.links)
  }

  private func reference(_ externalId: String) -> ProfileReference? {
    guard let source = SourceName(Self.web), let externalId = ExternalID(externalId) else { return nil }
    return ProfileReference(source: source, externalId: externalId)
  }

  /// The records of source `web` among these profiles: the only ones that a website may write traits of.
  public func webRecords(among profiles: [ID<Profile>]) async throws -> [ID<Profile>: ProfileReference] {
    let rows = try await database.rows(
      "SELECT id, external_id FROM base.profiles WHERE id = ANY (\(profiles)) AND source = \(Self.web)")
    var records: [ID<Profile>: ProfileReference] = [:]
    for row in rows {
      let (profile, externalId) = try row.decode(ID<Profile>.self, String.self)
      records[profile] = reference(externalId)
    }
    return records
  }
}

extension Sighting {
  var identifiers: [Identifier] {
    [
      anonymousId.flatMap { Identifier(kind: .anonymous, value: $0) },
      userId.flatMap { Identifier(kind: .user, value: $0) },
    ].compactMap(\.self)
  }
}
