import Models
import Postgres

/// That a customer entered or left a segment.
public struct SegmentChange: Codable, Sendable {
  /// Where the change stands; ask for what came since by it.
  public var position: String
  /// The segment.
  public var segment: String
  /// Version of the rule that decided.
  public var version: Int
  /// The customer, by the id that it had then.
  public var customer: ID<Customer>
  /// Whether it entered or left.
  public var change: SegmentMoveKind
  /// Why.
  public var cause: SegmentCause
  /// When.
  public var at: Timestamp
}

/// Which way a customer went.
public enum SegmentMoveKind: String, Codable, CaseIterable, Sendable {
  /// The rule holds now and did not before.
  case entered
  /// The rule does not hold any more.
  case left
}

extension CustomerBase {
  /// Who entered and left, in commit order, behind the position or from the time on. Only what nothing can come before
  /// any more.
  public func segmentChanges(
    of segment: String?, after: JournalPosition?, from time: Timestamp?, limit: Int
  ) async throws -> [(position: JournalPosition, change: SegmentChange)] {
    let ofSegment: SQL = segment.map { "j.payload ->> 'segment' = \($0)" } ?? "true"
    let fromTime: SQL = time.map { "j.at >= \($0)" } ?? "true"
    let behind: SQL =
      after.map { "(j.epoch, j.transaction, j.id) > (\($0.epoch)::int8, \($0.transaction), \($0.id))" } ?? "true"
    let rows = try await database.rows(
      """
      SELECT j.epoch::int8, j.transaction, j.id, j.at, j.subject, j.type = 'segment.entered',
        j.payload ->> 'segment', (j.payload ->> 'version')::int8, j.payload ->> 'cause'
      FROM base.journal j
      WHERE j.type IN ('segment.entered', 'segment.left') AND j.payload IS NOT NULL
        AND \(ofSegment) AND \(fromTime) AND \(behind) AND \(Self.isSettled)
      ORDER BY j.epoch, j.transaction, j.id
      LIMIT \(limit)
      """)
    return try rows.map { row in
      let (epoch, transaction, id, at, subject, isEntering, segment, version, cause) = try row.decode(
        Int.self, TransactionID.self, Int64.self, Timestamp.self, ID<Customer>.self, Bool.self, String.self, Int.self,
        String.self)
      let position = JournalPosition(epoch: epoch, transaction: transaction, id: id)
      return (
        position,
        SegmentChange(
          position: position.text, segment: segment, version: version, customer: subject,
          change: isEntering ? .entered : .left, cause: SegmentCause(rawValue: cause) ?? .rule, at: at)
      )
    }
  }
}

extension JournalPosition {
  /// Its three numbers, with points between them.
  public var text: String { "\(epoch).\(transaction.value).\(id)" }

  /// Reads `text`.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let epoch = Int32(parts[0]), let transaction = UInt64(parts[1]), let id = Int64(parts[2])
    else { return nil }
    self.init(epoch: Int(epoch), transaction: TransactionID(transaction), id: id)
  }
}
