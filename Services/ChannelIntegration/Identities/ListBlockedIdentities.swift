import CustomerBase
import Models
import Server

/// Lists the values that identify nobody, by kind and value: those that the suite came with and those that were blocked.
struct ListBlockedIdentities: Method {
  static let name = "identities.blocked"
  static let access = Access.snapshot(.identities)

  /// Only values of this kind.
  var kind: IdentifierKind?
  /// Values on a page.
  var limit: Limit?
  /// Where the last page ended.
  var cursor: String?

  static func example(in _: ExampleData) -> ListBlockedIdentities { ListBlockedIdentities(limit: Limit(2)) }

  func run(_ call: Call) async throws -> Page<BlockedValue> {
    let limit = (limit ?? .standard).count
    let after = try Cursor<BlockedPosition>.position(cursor, of: kind)
    let blocked = try await call.customerBase.blockedValues(of: kind, after: after, limit: limit + 1)
    return try Page(blocked, limit: limit, filter: kind, position: { BlockedPosition($0) }, item: { $0 })
  }
}
