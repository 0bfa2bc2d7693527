import CustomerBase
import Models
import Server

/// Lists how long facts are kept, by kind. A kind that has no rule is kept for ever.
struct ListRetentionRules: Method {
  static let name = "retentionRules.list"
  static let access = Access.snapshot(.retentionRules)

  static func example(in _: ExampleData) -> ListRetentionRules { ListRetentionRules() }

  func run(_ call: Call) async throws -> RetentionRules {
    RetentionRules(items: try await call.customerBase.retentionRules())
  }
}

/// All rules: there is one at most of each kind.
struct RetentionRules: Codable, Sendable {
  /// The rules, by their kinds.
  var items: [RetentionRule]
}
