import JSON
import Models
import Postgres

/// A value that identifies nobody, although it looks as if it did.
public struct BlockedValue: Codable, Sendable {
  /// Kind of the value.
  public var kind: IdentifierKind
  /// Value in its normal form.
  public var value: String
  /// Why it identifies nobody.
  public var reason: String
  /// When it was blocked; absent for what the suite came with.
  public var blockedAt: Timestamp?
  /// Whose token blocked it.
  public var blockedBy: String?
}

/// Where a page of blocked values ended.
public struct BlockedPosition: Codable, Sendable {
  public var kind: String
  public var value: String

  public init(_ blocked: BlockedValue) {
    kind = blocked.kind.rawValue
    value = blocked.value
  }
}

/// What rests on a value that was blocked.
public struct BlockedLinks: Sendable {
  /// Links by this value that hold.
  public var standing: Int
  /// Links by this value that were removed, with their profiles.
  public var removed: [Link]
}

extension CustomerBase {
  /// Blocks a value: it links nobody from now on. What it has linked stays, unless the links are to be removed.
  ///
  /// Whoever gains the value takes its row first, so that no link by it can be under way beside this.
  public func block(_ identifier: Identifier, reason: String, removingLinks: Bool) async throws -> BlockedLinks {
    let (kind, value) = (identifier.kind.rawValue, identifier.value)
    lockValues([identifier])
    let changed = database.send(
      """
      INSERT INTO base.blocked_values AS b (kind, value, reason, blocked_at, blocked_by)
      VALUES (\(kind), \(value), \(reason), \(now), \(author.actor))
      ON CONFLICT ON CONSTRAINT blocked_values_pkey DO UPDATE
      SET reason = excluded.reason, blocked_at = excluded.blocked_at, blocked_by = excluded.blocked_by
      WHERE b.reason <> excluded.reason
      RETURNING b.kind
      """)
    // A link by a value begins at a profile that carries it.
    let standing: [LinkEnds] = try await database.all(
      """
      SELECT l.id AS link, l.a, l.b FROM base.identifiers i
      JOIN base.links l ON l.a = i.profile AND l.evidence = \("\(kind):\(value)") AND l.removed_at IS NULL
      WHERE i.kind = \(kind) AND i.value = \(value)
      ORDER BY l.id
      """)
    let removed = removingLinks ? try await remove(standing, reason: reason) : []
    if try await !changed.rows().isEmpty || !removed.isEmpty {
      // Without the value: an entry that has no subject is never forgotten.
      append([
        try JournalEntry(
          subject: nil, type: "identity.blocked", payload: BlockingChange(kind: identifier.kind, links: removed.count))
      ])
    }
    return BlockedLinks(standing: standing.count - removed.count, removed: removed)
  }

  /// Lets a value link people again who gain it from now on.
  ///
  /// - Throws: `notFound` when it is not blocked.
  public func unblock(_ kind: IdentifierKind, value: String) async throws {
    if let identifier = Identifier(kind: kind, value: value) { lockValues([identifier]) }
    let gone = try await database.execute(
      "DELETE FROM base.blocked_values WHERE kind = \(kind.rawValue) AND value = \(value)")
    guard gone > 0 else { throw Failure.notFound.about("blocked value") }
    append([
      try JournalEntry(subject: nil, type: "identity.unblocked", payload: BlockingChange(kind: kind, links: 0))
    ])
  }

  /// The values that identify nobody, by kind and value.
  public func blockedValues(
    of kind: IdentifierKind?, after: BlockedPosition?, limit: Int
  ) async throws -> [BlockedValue] {
    try await database.all(
      """
      SELECT b.kind, b.value, b.reason, b.blocked_at, b.blocked_by FROM base.blocked_values b
      WHERE (\(kind?.rawValue)::text IS NULL OR b.kind = \(kind?.rawValue))
        AND (\(after?.kind)::text IS NULL OR (b.kind, b.value) > (\(after?.kind), \(after?.value)))
      ORDER BY b.kind, b.value LIMIT \(limit)
      """)
  }

  /// Removes links together: what they alone held together comes apart.
  private func remove(_ ends: [LinkEnds], reason: String) async throws -> [Link] {
    guard !ends.isEmpty else { return [] }
    let profiles = Array(Set(ends.flatMap { [$0.a, $0.b] }))
    try await lockProfiles(profiles)
    let removed: [Link] = try await database.all(
      """
      UPDATE base.links SET removed_at = \(now), removed_by = \(author.actor), removed_reason = \(reason)
      WHERE id = ANY (\(ends.map(\.link))) AND removed_at IS NULL
      RETURNING id AS link, a, b, evidence, reason, created_at, removed_at, removed_reason
      """)
    try appendLinkEntries("link.removed", removed.sorted { $0.link < $1.link })
    try await regroup(around: profiles)
    return removed
  }
}

/// A link with its two profiles.
private struct LinkEnds: Decodable {
  var link: ID<Link>
  var a: ID<Profile>
  var b: ID<Profile>
}

/// Payload of `identity.blocked` and `identity.unblocked`.
private struct BlockingChange: Codable {
  var kind: IdentifierKind
  var links: Int
}
