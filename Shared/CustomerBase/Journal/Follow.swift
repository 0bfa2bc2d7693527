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
  /// Takes the follower's next entries, in commit order, and moves its cursor, all in the caller's transaction: whoever
  /// commits the effect has moved the cursor, whoever dies has done neither.
  ///
  /// Only entries below the oldest running transaction are taken, since nothing can still appear before those. Fewer than
  /// the limit are all that there are: the cursor has passed those that the condition leaves out. None when another worker
  /// holds the cursor.
  ///
  /// - Parameter condition: Which entries `j` concern the follower, as seen by the statement that reads them.
  public static func nextEntries<Entry: JournalRow>(
    of follower: String, where condition: SQL = "true", atMost limit: Int, as _: Entry.Type = FollowedEntry.self,
    in transaction: any Database
  ) async throws -> [Entry] {
    guard let cursor = try await hold(follower, in: transaction) else { return [] }
    let isNext: SQL =
      """
      (j.epoch, j.transaction, j.id) > (\(cursor.epoch)::int8, \(cursor.transaction), \(cursor.id))
        AND (j.epoch < (SELECT max(e.epoch) FROM base.epochs e)
          OR j.transaction < pg_snapshot_xmin(pg_current_snapshot()))
      """
    return try await transaction.rows(
      """
      WITH taken AS MATERIALIZED (
        SELECT j.* FROM base.journal j WHERE \(isNext) AND (\(condition))
        ORDER BY j.epoch, j.transaction, j.id LIMIT \(limit)
      ), full_portion AS (
        SELECT t.epoch, t.transaction, t.id FROM taken t
        ORDER BY t.epoch, t.transaction, t.id OFFSET \(limit - 1)
      ), rest AS (
        SELECT j.epoch, j.transaction, j.id FROM base.journal j
        WHERE NOT EXISTS (SELECT FROM full_portion) AND \(isNext)
        ORDER BY j.epoch DESC, j.transaction DESC, j.id DESC LIMIT 1
      ), moved AS (
        UPDATE base.followers f
        SET epoch = e.epoch, transaction = e.transaction, id = e.id, moved_at = clock_timestamp()
        FROM (TABLE full_portion UNION ALL TABLE rest) e WHERE f.name = \(follower)
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
        INSERT INTO base.followers (name, epoch, transaction, id) VALUES (\(follower), 0, '0', 0)
        ON CONFLICT ON CONSTRAINT followers_pkey DO NOTHING
        RETURNING epoch::int8, transaction, id
        """)
    }
    return try held.first.map { try JournalPosition($0) }
  }

  /// How far a follower has read; nil when it has not begun.
  public static func position(of follower: String, in database: any Database) async throws -> JournalPosition? {
    let rows = try await database.rows(
      "SELECT epoch::int8, transaction, id FROM base.followers WHERE name = \(follower)")
    return try rows.first.map { try JournalPosition($0) }
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
