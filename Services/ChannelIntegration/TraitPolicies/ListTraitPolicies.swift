import CustomerBase
import Models
import Server

/// Lists the policies of traits, by name. A trait that has none shows its most recent value.
struct ListTraitPolicies: Method {
  static let name = "traitPolicies.list"
  static let access = Access.snapshot(.traitPolicies)

  /// Policies on a page.
  var limit: Limit?
  /// Where the last page ended.
  var cursor: String?

  static func example(in _: ExampleData) -> ListTraitPolicies { ListTraitPolicies() }

  func run(_ call: Call) async throws -> Page<TraitPolicy> {
    let limit = (limit ?? .standard).count
    let after = try Cursor<TraitName>.position(cursor, of: Self.name)
    let policies = try await call.customerBase.traitPolicies(after: after, limit: limit + 1)
    return try Page(policies, limit: limit, filter: Self.name, position: \.trait, item: { $0 })
  }
}
