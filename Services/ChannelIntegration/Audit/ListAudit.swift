import CustomerBase
import Models
import Server

/// Lists who did what, by which method, and about whom: the journal of all services, latest first.
///
/// What an entry says of a person is not shown here; `customers.timeline` shows it.
struct ListAudit: Method {
  static let name = "audit.list"
  static let access = Access.snapshot(.audit, only: [.staff])
  static let failures: [Failure] = [.notFound]

  /// Only what this one did: issuer and subject of a token, as `ecrm|staff`, or the name of a worker.
  var actor: String?
  /// Only by this method.
  var method: String?
  /// Only entries of this type, as `profile.erased`.
  var type: String?
  /// Only about this customer, by any of its profiles.
  var customer: ID<Customer>?
  /// Only from this time on.
  var from: Timestamp?
  /// Only before this time.
  var to: Timestamp?
  /// Entries on a page.
  var limit: Limit?
  /// Where the last page ended.
  var cursor: String?

  static func example(in data: ExampleData) -> ListAudit { ListAudit(method: "consents.record", customer: data.ada) }

  func run(_ call: Call) async throws -> Page<AuditEntry> {
    let limit = (limit ?? .standard).count
    let filter = AuditFilter(actor: actor, method: method, type: type, customer: customer, from: from, to: to)
    let before = try Cursor<JournalPosition>.position(cursor, of: filter)
    let rows = try await call.customerBase.audit(filter, before: before, limit: limit + 1)
    return try Page(rows, limit: limit, filter: filter, position: \.position, item: \.entry)
  }
}
