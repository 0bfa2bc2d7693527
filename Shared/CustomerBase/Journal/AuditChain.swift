import Models
import Postgres

/// An entry of the journal as the audit trail holds it: everything but the payload and its salt, for which their digest
/// stands. So an erasure leaves the chain whole.
struct AuditedEntry: Sendable {
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
      SELECT j.epoch::int8, j.transaction, j.id, j.at, j.service, j.method, j.actor, j.subject, j.type, j.digest
      FROM base.journal j
      WHERE (j.epoch, j.transaction, j.id) > (\(start.epoch)::int8, \(start.transaction), \(start.id))
        AND (j.epoch, j.transaction, j.id) <= (\(end.epoch)::int8, \(end.transaction), \(end.id))
      ORDER BY j.epoch, j.transaction, j.id
      """
    ).map { try AuditedEntry($0) }
  }

  private init(_ row: Row) throws {
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
    func append(_ part: some Collection<UInt8>) {
      bytes += part.count.bigEndianBytes
      bytes += part
    }
    append(position.epoch.bigEndianBytes)
    append(Int(bitPattern: UInt(position.transaction.value)).bigEndianBytes)
    append(Int(position.id).bigEndianBytes)
    append(Int(at.microsecondsSinceEpoch).bigEndianBytes)
    for text in [service, method, actor, subject.map { "\($0)" } ?? "", type] { append(text.utf8) }
    append(digest)
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
    return Int(entry.position.id).bigEndianBytes + code.prefix(8)
  }
}

extension CustomerBase {
  /// Chains the next entries of the journal to those before, under the key in use.
  ///
  /// A row for a batch, not for an entry: the journal is written at every call, and its chain must not double that.
  public func chain(_ entries: [FollowedEntry]) async throws {
    guard let key = privacy.auditKeys.first, let last = entries.last?.position else { return }
    let end = try await database.rows(
      """
      SELECT c.epoch::int8, c.transaction, c.id, c.hmac FROM base.audit_chain c
      ORDER BY c.epoch DESC, c.transaction DESC, c.id DESC LIMIT 1
      """
    ).first?.decode(Int.self, TransactionID.self, Int64.self, [UInt8].self)
    let before = end.map { JournalPosition(epoch: $0.0, transaction: $0.1, id: $0.2) } ?? .start
    let audited = try await AuditedEntry.after(before, through: last, in: database)
    guard !audited.isEmpty else { return }
    var link = AuditLink(after: end?.3 ?? AuditLink.start)
    let marks = audited.flatMap { link.mark($0, under: key) }
    _ = database.send(
      """
      INSERT INTO base.audit_chain (epoch, transaction, id, marks, hmac, key)
      VALUES (\(last.epoch)::int8, \(last.transaction), \(last.id), \(marks), \(link.code), \(key.id))
      """)
  }
}

extension Int {
  fileprivate var bigEndianBytes: [UInt8] {
    withUnsafeBytes(of: Int64(self).bigEndian) { Array($0) }
  }
}
