import Models
import Postgres

/// Two profiles that something says are one person.
struct LinkCandidate: Hashable, Sendable {
  var a: ID<Profile>
  var b: ID<Profile>
  var evidence: String
}

extension CustomerBase {
  /// For each verified value, the earliest other profile that carries it verified.
  ///
  /// Each comes with what forbids the link, if anything: a blocked value, a person who removed the link of this evidence,
  /// or one who decided that the two are two people. Left out are pairs that are linked by the value. The values are
  /// locked, so whoever gains one of them next sees this call's profiles. Sent, not waited for; nil when there is nothing
  /// to ask.
  func sendLinkCandidates(_ carried: CarriedValues) -> Pending? {
    let joining = carried.profiles.indices.filter { carried.joins[$0] }
    guard !joining.isEmpty else { return nil }
    return database.send(
      """
      SELECT g.profile, e.profile, g.kind || ':' || g.value, CASE
          WHEN EXISTS (SELECT FROM base.blocked_values b WHERE b.kind = g.kind AND b.value = g.value) THEN 'blocked'
          WHEN EXISTS (
            SELECT FROM base.links l
            WHERE l.a IN (g.profile, e.profile) AND l.b IN (g.profile, e.profile)
              AND l.evidence = g.kind || ':' || g.value AND l.removed_at IS NOT NULL
          ) THEN 'removedByHand'
          WHEN EXISTS (
            SELECT FROM base.match_decisions d
            WHERE d.a = least(g.profile, e.profile) AND d.b = greatest(g.profile, e.profile)
              AND d.verdict = 'different'
          ) THEN 'decidedDifferent'
        END
      FROM unnest(
        \(joining.map { carried.profiles[$0] }), \(joining.map { carried.kinds[$0] }),
        \(joining.map { carried.values[$0] })
      ) AS g (profile, kind, value)
      CROSS JOIN LATERAL (
        SELECT i.profile FROM base.identifiers i
        WHERE i.kind = g.kind AND i.value = g.value AND i.verified AND i.retired_at IS NULL AND i.profile <> g.profile
        ORDER BY i.profile LIMIT 1
      ) e
      WHERE NOT EXISTS (
          SELECT FROM base.links l
          WHERE least(l.a, l.b) = least(g.profile, e.profile) AND greatest(l.a, l.b) = greatest(g.profile, e.profile)
            AND l.evidence = g.kind || ':' || g.value AND l.removed_at IS NULL
          -- One by one: where the links are not counted yet they would all be read instead.
          OFFSET 0
        )
      ORDER BY g.profile, 3
      """)
  }

  func linkProposals(_ pending: Pending?) async throws -> [LinkProposal] {
    try await (pending?.rows() ?? []).map { row in
      let (a, b, evidence, refusal) = try row.decode(ID<Profile>.self, ID<Profile>.self, String.self, String?.self)
      return LinkProposal(
        LinkCandidate(a: a, b: b, evidence: evidence), refusal: refusal.flatMap { LinkRefusal(rawValue: $0) })
    }
  }

  /// Links the pairs and regroups their customers; a pair that has an active link of the same evidence is left alone.
  func link(_ candidates: [LinkCandidate], reason: String? = nil) async throws -> [Link] {
    guard !candidates.isEmpty else { return [] }
    let rows = try await database.rows(
      """
      INSERT INTO base.links (id, a, b, evidence, reason, created_at, created_by)
      SELECT c.id, c.a, c.b, c.evidence, \(reason), \(now), \(author.actor)
      FROM unnest(
        \(candidates.map { _ in ids.make(Link.self) }), \(candidates.map(\.a)), \(candidates.map(\.b)),
        \(candidates.map(\.evidence))
      ) AS c (id, a, b, evidence)
      ORDER BY c.id
      ON CONFLICT (least(a, b), greatest(a, b), evidence) WHERE removed_at IS NULL DO NOTHING
      RETURNING id, a, b, evidence
      """)
    let links = try rows.map { row in
      let (link, a, b, evidence) = try row.decode(ID<Link>.self, ID<Profile>.self, ID<Profile>.self, String.self)
      return Link(link: link, a: a, b: b, evidence: evidence, reason: reason, createdAt: now)
    }
    try appendLinkEntries("link.created", links)
    try await regroup(around: links.flatMap { [$0.a, $0.b] })
    return links
  }

  /// One entry under each of the two profiles.
  func appendLinkEntries(_ type: String, _ links: [Link]) throws {
    append(
      try links.flatMap { link in
        try [link.a, link.b].map { try JournalEntry(subject: $0, type: type, payload: link) }
      })
  }

  /// Links two profiles because a person says so; answers the active link of that kind when there is one already.
  ///
  /// - Throws: `notFound` when one of the profiles does not exist.
  public func link(_ a: ID<Profile>, _ b: ID<Profile>, reason: String) async throws -> Link {
    try await lockProfiles([a, b])
    let standing: Link? = try await database.first(
      """
      SELECT id AS link, a, b, evidence, reason, created_at
      FROM base.links
      WHERE least(a, b) = least(\(a), \(b)) AND greatest(a, b) = greatest(\(a), \(b))
        AND evidence = 'manual' AND removed_at IS NULL
      """)
    if let standing { return standing }
    let made = try await link([LinkCandidate(a: a, b: b, evidence: "manual")], reason: reason)
    guard let link = made.first else { throw RerunCall() }
    return link
  }

  /// Removes a link: what it alone held together comes apart, as it was before.
  ///
  /// - Throws: `notFound`, or `wrongState` when it was removed before.
  public func unlink(_ link: ID<Link>, reason: String) async throws -> Link {
    let pair = try await database.rows("SELECT a, b FROM base.links WHERE id = \(link)").first
    guard let (a, b) = try pair?.decode(ID<Profile>.self, ID<Profile>.self) else {
      throw Failure.notFound.about("link")
    }
    // A link of an erased person may be taken back: it says who is one customer. Why is not kept.
    try await lockProfiles([a, b], refusingErased: false)
    let removed: Link? = try await database.first(
      """
      UPDATE base.links SET removed_at = \(now), removed_by = \(author.actor),
        removed_reason = (SELECT \(reason) WHERE NOT EXISTS (
          SELECT FROM base.profiles p WHERE p.id IN (\(a), \(b)) AND p.erased_at IS NOT NULL))
      WHERE id = \(link) AND removed_at IS NULL
      RETURNING id AS link, a, b, evidence, reason, created_at, removed_at, removed_reason
      """)
    guard let removed else { throw Failure.wrongState.about("the link was removed before") }
    try appendLinkEntries("link.removed", [removed])
    try await regroup(around: [a, b])
    return removed
  }

  /// Locks the profiles in the order of their ids.
  func lockProfiles(_ profiles: [ID<Profile>], refusingErased: Bool = true) async throws {
    let found = try await database.rows(
      """
      SELECT id, erased_at IS NOT NULL FROM base.profiles WHERE id = ANY (\(profiles)) ORDER BY id FOR NO KEY UPDATE
      """
    ).map { try $0.decode(ID<Profile>.self, Bool.self) }
    for profile in profiles where !found.contains(where: { $0.0 == profile }) {
      throw Failure.notFound.about("profile")
    }
    if refusingErased, found.contains(where: \.1) { throw Failure.erased }
  }
}

extension CustomerBase {
  /// Every link of any of the customer's profiles, removed ones too, earliest first.
  public func links(of customer: ID<Customer>, after: ID<Link>?, limit: Int) async throws -> [Link] {
    try await database.all(
      """
      SELECT l.id AS link, l.a, l.b, l.evidence, l.reason, l.created_at, l.removed_at, l.removed_reason
      FROM base.links l
      WHERE l.id IN (
          SELECT k.id FROM base.members me
          JOIN base.members m ON m.customer = me.customer
          JOIN base.links k ON k.a = m.profile OR k.b = m.profile
          WHERE me.profile = \(customer)
        )
        AND (\(after)::uuid IS NULL OR l.id > \(after))
      ORDER BY l.id LIMIT \(limit)
      """)
  }
}
