import CustomerBase
import Models
import Server

/// Lists the purposes by key, with their legal bases and their latest texts.
struct ListPurposes: Method {
  static let name = "purposes.list"
  static let access = Access.read(.purposes, also: [.customer])

  /// Purposes on a page.
  var limit: Limit?
  /// Where the last page ended.
  var cursor: String?

  static func example(in _: ExampleData) -> ListPurposes { ListPurposes(limit: Limit(2)) }

  func run(_ call: Call) async throws -> Page<Purpose> {
    let limit = (limit ?? .standard).count
    let after = try Cursor<PurposeKey>.position(cursor, of: Self.name)
    let purposes = try await call.customerBase.purposes(after: after, limit: limit + 1)
    return try Page(purposes, limit: limit, filter: Self.name, position: \.key, item: { $0 })
  }
}
