import CustomerBase
import Models
import Server

/// Finds customers by names and identifiers, by how they begin and by likeness, and by the beginning of external ids;
/// best first.
///
/// Each word is looked for by itself; a customer is the better found the more of the words it carries and the closer
/// they are.
struct SearchCustomers: Method {
  static let name = "customers.search"
  static let access = Access.read(.customers)

  /// What to look for, 2 to 200 characters.
  var text: SearchText
  /// Customers on a page.
  var limit: Limit?
  /// Where the last page ended.
  var cursor: String?

  static func example(in _: ExampleData) -> SearchCustomers { SearchCustomers(text: SearchText(fixed: "ada lovelace")) }

  func run(_ call: Call) async throws -> Page<FoundCustomer> {
    let limit = (limit ?? .standard).count
    let after = try Cursor<FoundPosition>.position(cursor, of: text)
    let found = try await call.customerBase.search(text.words, after: after, limit: limit + 1)
    return try Page(
      found, limit: limit, filter: text,
      position: { FoundPosition(score: $0.score, customer: $0.customer) }, item: { $0 })
  }
}
