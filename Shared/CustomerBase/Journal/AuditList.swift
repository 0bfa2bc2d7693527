import Models
import Postgres

/// Which entries of the journal are looked for.
public struct AuditFilter: Codable, Sendable {
  /// Issuer and subject of a token, or the name of a worker.
  public var actor: String?
  public var method: String?
  public var type: String?
  /// A customer, by any of its profiles.
  public var customer: ID<Customer>?
  public var from: Timestamp?
  public var to: Timestamp?

  public init(
    actor: String? = nil, method: String? = nil, type: String? = nil, customer: ID<Customer>? = nil,
    from: Timestamp? = nil, to: Timestamp? = nil
  ) {
    self.actor = actor
    self.method = method
    self.type = type
    self.customer = customer
    self.from = from
    self.to = to
  }
}

/// Who did what, when, by which method, and about whom.
public struct AuditEntry: Codable, Sendable {
  /// Where the entry stands in the journal: epoch, transaction and id.
  public var entry: String
  /// When it happened.
  public var at: Timestamp
  /// Issuer and subject of the caller's token, or the name of a worker.
  public var actor: String
  /// Service that wrote it.
  public var service: String
  /// Method, or work, that wrote it.
  public var method: String
  /// What happened, as `profile.created`.
  public var type: String
  /// Profile it is about; absent where it is about many.
  public var subject: ID<Profile>?
  /// Whether what it said was erased.
  public var isErased: Bool
}

extension CustomerBase {
  /// Entries of the journal before a position, latest first.
  public func audit(
    _ filter: AuditFilter, before: JournalPosition?, limit: Int
  ) async throws -> [(position: JournalPosition, entry: AuditEntry)] {
    var condition: SQL = "true"
    if let actor = filter.actor { condition = "\(condition) AND j.actor = \(actor)" }
    if let method = filter.method { condition = "\(condition) AND j.method = \(method)" }
    if let type = filter.type { condition = "\(condition) AND j.type = \(type)" }
    if let from = filter.from { condition = "\(condition) AND j.at >= \(from)" }
    if let to = filter.to { condition = "\(condition) AND j.at < \(to)" }
    if let customer = filter.customer {
      let profiles = try await profiles(of: customer)
      guard !profiles.isEmpty else { throw Failure.notFound.about("customer") }
      condition = "\(condition) AND j.subject = ANY (\(profiles))"
    }
    if let before {
      condition =
        "\(condition) AND (j.epoch, j.transaction, j.id) < (\(before.epoch)::int8, \(before.transaction), \(before.id))"
    }
    let rows = try await database.rows(
      """
      SELECT j.epoch::int8, j.transaction, j.id, j.at, j.actor, j.service, j.method, j.type, j.subject, j.payload IS NULL
      FROM base.journal j WHERE \(condition)
      ORDER BY j.epoch DESC, j.transaction DESC, j.id DESC LIMIT \(limit)
      """)
    return try rows.map { row in
      let columns = try row.decode(
        Int.self, TransactionID.self, Int64.self, Timestamp.self, String.self, String.self, String.self, String.self,
        ID<Profile>?.self, Bool.self)
      let position = JournalPosition(epoch: columns.0, transaction: columns.1, id: columns.2)
      return (
        position,
        AuditEntry(
          entry: "\(position)", at: columns.3, actor: columns.4, service: columns.5, method: columns.6,
          type: columns.7, subject: columns.8, isErased: columns.9)
      )
    }
  }
}
