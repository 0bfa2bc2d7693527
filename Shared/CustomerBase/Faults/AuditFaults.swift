import Models
import Postgres

extension CustomerBase {
  /// The name of the follower that chains the audit trail.
  public static let auditFollower = "channelIntegration.audit"

  /// Whether the journal is what its chain says: nothing was changed, removed, added or moved since it was chained. Names
  /// the first entry that is wrong, since nothing behind it can be told.
  public static func auditCheck(_ keys: [AuditKey]) -> FaultCheck {
    FaultCheck("the audit trail") { database in
      var check = AuditCheck(keys: keys)
      if let fault = try await check.firstFault(in: database) { return [fault] }
      return try await database.all(
        """
        SELECT 'The audit trail ends before (' || concat_ws(', ', f.epoch, f.transaction, f.id)
          || '), up to where it was chained: its end was removed.'
        FROM base.followers f
        WHERE f.name = \(auditFollower) AND (f.epoch, f.transaction, f.id) > (
          \(check.last.epoch)::int8, \(check.last.transaction), \(check.last.id))
        """)
    }
  }

  /// Keys that the audit trail was chained with.
  public static func auditKeyIDs(in database: any Database) async throws -> [String] {
    try await database.all("SELECT DISTINCT key FROM base.audit_chain ORDER BY key")
  }
}

/// A walk along the chain.
private struct AuditCheck {
  /// A row of the chain.
  private struct Batch {
    let last: JournalPosition
    let marks: [UInt8]
    let code: [UInt8]
    let key: String

    var ids: [Int64] { stride(from: 0, to: marks.count, by: AuditLink.markBytes).map { id(at: $0) } }

    private func id(at start: Int) -> Int64 {
      marks[start..<start + 8].reduce(0 as Int64) { $0 << 8 | Int64($1) }
    }
  }

  private static let batchesAtOnce = 50

  private let keys: [String: AuditKey]
  private(set) var last = JournalPosition.start
  private var code = AuditLink.start

  init(keys: [AuditKey]) {
    self.keys = Dictionary(keys.map { ($0.id, $0) }) { first, _ in first }
  }

  mutating func firstFault(in database: any Database) async throws -> String? {
    while true {
      let batches = try await nextBatches(in: database)
      guard let end = batches.last?.last else { return nil }
      let entries = try await AuditedEntry.after(last, through: end, in: database)
      var place = 0
      for batch in batches {
        let first = place
        while place < entries.count, entries[place].position <= batch.last { place += 1 }
        if let fault = fault(of: batch, entries[first..<place]) { return fault }
        (last, code) = (batch.last, batch.code)
      }
    }
  }

  private func nextBatches(in database: any Database) async throws -> [Batch] {
    try await database.rows(
      """
      SELECT c.epoch::int8, c.transaction, c.id, c.marks, c.hmac, c.key FROM base.audit_chain c
      WHERE (c.epoch, c.transaction, c.id) > (\(last.epoch)::int8, \(last.transaction), \(last.id))
      ORDER BY c.epoch, c.transaction, c.id LIMIT \(Self.batchesAtOnce)
      """
    ).map { row in
      let columns = try row.decode(
        Int.self, TransactionID.self, Int64.self, [UInt8].self, [UInt8].self, String.self)
      return Batch(
        last: JournalPosition(epoch: columns.0, transaction: columns.1, id: columns.2), marks: columns.3,
        code: columns.4, key: columns.5)
    }
  }

  /// Nil also where the batch's key is not at hand: it cannot be told then.
  private func fault(of batch: Batch, _ entries: ArraySlice<AuditedEntry>) -> String? {
    guard let key = keys[batch.key] else { return nil }
    let ids = batch.ids
    let present = Set(entries.map(\.position.id))
    let known = Set(ids)
    var link = AuditLink(after: code)
    var left = entries
    for (place, id) in ids.enumerated() {
      guard present.contains(id) else {
        return "Journal entry \(id) is missing: it was removed, or moved to another place."
      }
      guard let entry = left.popFirst() else { return "Journal entry \(id) is missing." }
      guard entry.position.id == id else {
        return known.contains(entry.position.id)
          ? "Journal entry \(entry.position) stands in the place of entry \(id): entries were moved."
          : "Journal entry \(entry.position) was added after the audit trail was chained."
      }
      let start = place * AuditLink.markBytes
      guard link.mark(entry, under: key) == Array(batch.marks[start..<start + AuditLink.markBytes]) else {
        return "Journal entry \(entry.position) was changed, or the audit trail just before it."
      }
    }
    if let added = left.first { return "Journal entry \(added.position) was added after the audit trail was chained." }
    return link.code == batch.code ? nil : "The audit trail was changed at \(batch.last)."
  }
}
