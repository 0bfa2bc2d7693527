import Models
import Postgres

/// An entry of the journal as the audit trail holds it: everything but the payload and its salt, for which their digest
/// stands. So an erasure leaves the chain whole.
public struct AuditedEntry: JournalRow {
  public static let columns: SQL =
    "j.epoch::int8, j.transaction, j.id, j.at, j.service, j.method, j.actor, j.subject, j.type, j.digest"

  let position: JournalPosition
  private let at: Timestamp
  private let service: String
  private let method: String
  private let actor: String
  private let subject: ID<Profile>?
  private let type: String
  private let digest: [UInt8]

  /// Entries after one position and up to another, in the order of followers.
  static func after(
    _ start: JournalPosition, through end: JournalPosition, in database: any Database
  ) async throws -> [AuditedEntry] {
    try await database.rows(
      """
      SELECT \(columns) FROM base.journal j
      WHERE (j.epoch, j.transaction, j.id) > (\(start.epoch)::int8, \(start.transaction), \(start.id))
        AND (j.epoch, j.transaction, j.id) <= (\(end.epoch)::int8, \(end.transaction), \(end.id))
      ORDER BY j.epoch, j.transaction, j.id
      """
    ).map { try AuditedEntry($0) }
  }

  public init(_ row: Row) throws {
    let columns = try row.decode(
      Int.self, TransactionID.self, Int64.self, Timestamp.self, String.self, String.self, String.self,
      ID<Profile>?.self, String.self, [UInt8].self)
    position = JournalPosition(epoch: columns.0, transaction: columns.1, id: columns.2)
    (at, service, method, actor) = (columns.3, columns.4, columns.5, columns.6)
    (subject, type, digest) = (columns.7, columns.8, columns.9)
  }

  /// The columns, each behind its length, so that no two entries have the same bytes.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(256)
    let numbers = [
      Int64(position.epoch), Int64(bitPattern: position.transaction.value), position.id, at.microsecondsSinceEpoch,
    ]
    for number in numbers {
      bytes.append(bigEndian: 8)
      bytes.append(bigEndian: number)
    }
    for text in [service, method, actor, subject.map { "\($0)" } ?? "", type] {
      bytes.append(bigEndian: Int64(text.utf8.count))
      bytes.append(contentsOf: text.utf8)
    }
    bytes.append(bigEndian: Int64(digest.count))
    bytes.append(contentsOf: digest)
    return bytes
  }
}

/// The running code of the chain, and what is kept of each entry.
struct AuditLink {
  static let start = [UInt8](repeating: 0, count: 32)
  static let markBytes = 16

  private(set) var code: [UInt8]

  init(after code: [UInt8]) {
    self.code = code
  }

  /// Chains the entry and answers its mark: its id and the first eight bytes of its code.
  mutating func mark(_ entry: AuditedEntry, under key: AuditKey) -> [UInt8] {
    code = key.code(of: code, entry.bytes)
    var mark: [UInt8] = []
    mark.reserveCapacity(Self.markBytes)
    mark.append(bigEndian: entry.position.id)
    mark.append(contentsOf: code.prefix(8))
    return mark
  }
}

extension CustomerBase {
  /// Chains the next entries of the journal to those before, under the key in use.
  ///
  /// A row for a batch, not for an entry: the journal is written at every call, and its chain must not double that. What
  /// was passed over while no key was at hand is chained before.
  public func chain(_ entries: [AuditedEntry]) async throws {
    guard let key = privacy.auditKeys.first, let first = entries.first?.position, let last = entries.last?.position
    else { return }
    let end = try await database.rows(
      """
      SELECT c.epoch::int8, c.transaction, c.id, c.hmac FROM base.audit_chain c
      ORDER BY c.epoch DESC, c.transaction DESC, c.id DESC LIMIT 1
      """
    ).first?.decode(Int.self, TransactionID.self, Int64.self, [UInt8].self)
    let before = end.map { JournalPosition(epoch: $0.0, transaction: $0.1, id: $0.2) } ?? .start
    guard before < last else { return }
    let audited =
      before < first
      ? try await AuditedEntry.after(before, through: first, in: database) + entries.dropFirst()
      : entries.filter { before < $0.position }
    var link = AuditLink(after: end?.3 ?? AuditLink.start)
    let marks = audited.flatMap { link.mark($0, under: key) }
    _ = database.send(
      """
      INSERT INTO base.audit_chain (epoch, transaction, id, marks, hmac, key)
      VALUES (\(last.epoch)::int8, \(last.transaction), \(last.id), \(marks), \(link.code), \(key.id))
      """)
  }
}

extension [UInt8] {
  fileprivate mutating func append(bigEndian number: Int64) {
    Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
  }
}
