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

extension JournalPosition {
  fileprivate init(_ row: Row) throws {
    let (epoch, transaction, id) = try row.decode(Int.self, TransactionID.self, Int64.self)
    self.init(epoch: epoch, transaction: transaction, id: id)
  }
}

/// What a follower reads of an entry of the journal.
public protocol JournalRow: Sendable {
  /// Its columns of the journal `j`.
  static var columns: SQL { get }

  init(_ row: Row) throws
}

/// An entry as its followers read it: what happened to whom. What they derive they read from the facts as they are now.
public struct FollowedEntry: JournalRow {
  public static let columns: SQL = "j.epoch::int8, j.transaction, j.id, j.at, j.subject, j.type"

  public let position: JournalPosition
  public let at: Timestamp
  public let subject: ID<Profile>?
  public let type: String

  public init(_ row: Row) throws {
    let (epoch, transaction, id, at, subject, type) = try row.decode(
      Int.self, TransactionID.self, Int64.self, Timestamp.self, ID<Profile>?.self, String.self)
    position = JournalPosition(epoch: epoch, transaction: transaction, id: id)
    (self.at, self.subject, self.type) = (at, subject, type)
  }
}

extension CustomerBase {
  /// Whether nothing can come before the entry `j` any more. As a comparison of rows it ends the search in the journal's
  /// index: what an old transaction holds back is not looked through again and again.
  static let isSettled: SQL =
    "(j.epoch, j.transaction) < ((SELECT max(e.epoch) FROM base.epochs e), pg_snapshot_xmin(pg_current_snapshot()))"

  /// Takes the follower's next entries, in commit order, and moves its cursor, all in the caller's transaction: whoever
  /// commits the effect has moved the cursor, whoever dies has done neither.
  ///
  /// Only entries below the oldest running transaction are taken, since nothing can still appear before those. Fewer than
  /// the limit are all that there are, but for a follower that is far behind: the cursor passes those that the condition
  /// leaves out, so many at a time as can be looked at quickly. None when another worker holds the cursor.
  ///
  /// - Parameters:
  ///   - condition: Which entries `j` concern the follower, in the snapshot of the statement that reads them.
  ///   - lookedAt: How many entries are looked at.
  public static func nextEntries<Entry: JournalRow>(
    of follower: String, where condition: SQL = "true", atMost limit: Int, among lookedAt: Int = 50_000,
    as _: Entry.Type = FollowedEntry.self, in transaction: any Database
  ) async throws -> [Entry] {
    guard let cursor = try await hold(follower, in: transaction) else { return [] }
    let next: SQL =
      """
      SELECT j.* FROM base.journal j
      WHERE (j.epoch, j.transaction, j.id) > (\(cursor.epoch)::int8, \(cursor.transaction), \(cursor.id))
        AND \(isSettled)
      ORDER BY j.epoch, j.transaction, j.id LIMIT \(lookedAt)
      """
    return try await transaction.rows(
      """
      WITH taken AS MATERIALIZED (
        SELECT j.* FROM (\(next)) j WHERE \(condition) ORDER BY j.epoch, j.transaction, j.id LIMIT \(limit)
      ), full_portion AS (
        SELECT t.epoch, t.transaction, t.id FROM taken t
        ORDER BY t.epoch, t.transaction, t.id OFFSET \(limit - 1)
      ), passed AS (
        SELECT j.epoch, j.transaction, j.id FROM (\(next)) j WHERE NOT EXISTS (SELECT FROM full_portion)
        ORDER BY j.epoch DESC, j.transaction DESC, j.id DESC LIMIT 1
      ), moved AS (
        UPDATE base.followers f
        SET epoch = e.epoch, transaction = e.transaction, id = e.id, moved_at = clock_timestamp()
        FROM (TABLE full_portion UNION ALL TABLE passed) e WHERE f.name = \(follower)
      )
      SELECT \(Entry.columns) FROM taken j ORDER BY j.epoch, j.transaction, j.id
      """
    ).map { try Entry($0) }
  }

  /// Locks a follower's cursor, which is made where there is none; nil where another worker holds it.
  private static func hold(_ follower: String, in transaction: any Database) async throws -> JournalPosition? {
    var held = try await transaction.rows(
      "SELECT epoch::int8, transaction, id FROM base.followers WHERE name = \(follower) FOR UPDATE SKIP LOCKED")
    if held.isEmpty {
      held = try await transaction.rows(
        """
        INSERT INTO base.followers (name, epoch, transaction, id)
        SELECT \(follower), 0, '0', 0 WHERE NOT EXISTS (SELECT FROM base.followers WHERE name = \(follower))
        ON CONFLICT ON CONSTRAINT followers_pkey DO NOTHING
        RETURNING epoch::int8, transaction, id
        """)
    }
    return try held.first.map { try JournalPosition($0) }
  }

  /// The last entry that nothing can come before any more, in the snapshot of the transaction.
  public static func lastSettled(in transaction: any Database) async throws -> JournalPosition {
    let rows = try await transaction.rows(
      """
      SELECT j.epoch::int8, j.transaction, j.id FROM base.journal j WHERE \(isSettled)
      ORDER BY j.epoch DESC, j.transaction DESC, j.id DESC LIMIT 1
      """)
    return try rows.first.map { try JournalPosition($0) } ?? .start
  }

  /// Sets a follower back to a position, to have it apply anew what it has read since.
  ///
  /// For a follower whose effect is the same when it comes twice. The follower stands still until the caller's
  /// transaction ends.
  public func rewind(_ follower: String, to position: JournalPosition) async throws {
    try await database.execute(
      """
      UPDATE base.followers f
      SET epoch = \(position.epoch), transaction = \(position.transaction), id = \(position.id)
      WHERE f.name = \(follower) AND (f.epoch, f.transaction, f.id) > (
        \(position.epoch)::int8, \(position.transaction), \(position.id))
      """)
  }
}
