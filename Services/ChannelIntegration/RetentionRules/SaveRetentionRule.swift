import CustomerBase
import Models
import Server

/// Says how long a kind of fact is kept: the storage limitation of article 5 of the General Data Protection Regulation.
///
/// What is older goes within minutes of its day, an hour's facts at a time; inactive customers are looked for once a day.
/// It does not come back when the rule is changed. Saving again replaces the rule; without `days` the kind is kept for ever,
/// which is what holds where nothing was saved.
struct SaveRetentionRule: Method {
  static let name = "retentionRules.save"
  static let access = Access.write(.retentionRules, only: [.staff])

  /// What the rule is about.
  var kind: RetainedKind
  /// Days it is kept, 30 to 36,500; for ever when absent.
  var days: Int?

  static func example(in _: ExampleData) -> SaveRetentionRule { SaveRetentionRule(kind: .events, days: 1000) }

  func run(_ call: Call) async throws -> RetentionRule {
    if let days, !(30...36_500).contains(days) {
      throw InvalidParam(path: "/params/days", rule: "range", message: "must be 30 to 36500")
    }
    return try await call.customerBase.saveRetentionRule(kind, days: days)
  }
}
