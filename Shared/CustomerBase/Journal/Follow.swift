import Models
import Postgres

/// Where an entry stands in the journal: followers read in this order.
public struct JournalPosition: Codable, Hashable, Comparable, CustomStringConvertible, Sendable {
  public var epoch: Int
  public var transaction: TransactionID
  public var id: Int64

  /// Before every entry.
  public static let start = JournalPosition(epoch: 0, transaction: TransactionID(0), id: 0)

  public static func < (left: Self, right: Self) -> Bool {
    (left.epoch, left.transaction, left.id) < (right.epoch, right.transaction, right.id)
  }

  public var description: String { "(\(epoch), \(transaction.value), \(id))" }
}

/// An entry as its followers read it: what happened to whom. What they derive they read from the facts as they are now.
public struct FollowedEntry: Sendable {
  public let position: JournalPosition
  public let at: Timestamp
  public let subject: ID<Profile>?
  public let type: String
}

extension CustomerBase {
  /// Takes the follower's next entries, in commit order, and moves its cursor, all in the caller's transaction: whoever
  /// commits the effect has moved the cursor, whoever dies has done neither.
  ///
  /// Only entries below the oldest running transaction are taken, since nothing can still appear before those. Empty
  /// when there is nothing new, or another worker holds the cursor.
  public static func nextEntries(
    of follower: String, atMost limit: Int, in transaction: any Database
  ) async throws -> [FollowedEntry] {
    _ = transaction.send(
      """
      INSERT INTO base.followers (name, epoch, transaction, id) VALUES (\(follower), 0, '0', 0)
      ON CONFLICT ON CONSTRAINT followers_pkey DO NOTHING
      """)
    let held = try await transaction.rows(
      "SELECT epoch::int8, transaction, id FROM base.followers WHERE name = \(follower) FOR UPDATE SKIP LOCKED")
    guard let cursor = try held.first?.decode(Int.self, TransactionID.self, Int64.self) else { return [] }
    let rows = try await transaction.rows(
      """
      SELECT j.epoch::int8, j.transaction, j.id, j.at, j.subject, j.type
      FROM base.journal j
      WHERE (j.epoch, j.transaction, j.id) > (\(cursor.0)::int8, \(cursor.1), \(cursor.2))
        AND (j.epoch < (SELECT max(e.epoch) FROM base.epochs e)
          OR j.transaction < pg_snapshot_xmin(pg_current_snapshot()))
      ORDER BY j.epoch, j.transaction, j.id
      LIMIT \(limit)
      """)
    let entries = try rows.map { row in
      let (epoch, transaction, id, at, subject, type) = try row.decode(
        Int.self, TransactionID.self, Int64.self, Timestamp.self, ID<Profile>?.self, String.self)
      return FollowedEntry(
        position: JournalPosition(epoch: epoch, transaction: transaction, id: id), at: at, subject: subject, type: type)
    }
    if let last = entries.last?.position {
      _ = transaction.send(
        """
        UPDATE base.followers
        SET epoch = \(last.epoch), transaction = \(last.transaction), id = \(last.id), moved_at = clock_timestamp()
        WHERE name = \(follower)
        """)
    }
    return entries
  }

  /// How far a follower has read; nil when it has not begun.
  public static func position(of follower: String, in database: any Database) async throws -> JournalPosition? {
    let rows = try await database.rows(
      "SELECT epoch::int8, transaction, id FROM base.followers WHERE name = \(follower)")
    return try rows.first.map { row in
      let (epoch, transaction, id) = try row.decode(Int.self, TransactionID.self, Int64.self)
      return JournalPosition(epoch: epoch, transaction: transaction, id: id)
    }
  }

  /// Sets a follower back to where it was, to have it apply anew what it has read since; nil is the beginning.
  ///
  /// For a follower whose effect is the same when it comes twice. The follower stands still until the caller's
  /// transaction ends.
  public func rewind(_ follower: String, to position: JournalPosition?) async throws {
    try await database.execute(
      """
      UPDATE base.followers
      SET epoch = \(position?.epoch ?? 0), transaction = \(position?.transaction ?? TransactionID(0)), id = \(position?.id ?? 0)
      WHERE name = \(follower)
      """)
  }
}
