import CustomerBase
import Models
import Server

/// Says which of a trait's values is shown where the sources say different things of a customer.
///
/// All values are kept, each with its source and time; the policy chooses which of them is `current` in `customers.get`,
/// for every customer from now on. Without a policy, and by `mostRecent`, that is the value that changed last. Among
/// equals the most recent is shown, and among those the one of the earliest profile. Saving again replaces the policy.
struct SaveTraitPolicy: Method {
  static let name = "traitPolicies.save"
  static let access = Access.write(.traitPolicies)

  /// Name of the trait.
  var trait: TraitName
  /// How its value is chosen.
  var rule: SurvivorshipRule
  /// Sources by trust, the most trusted first, 1 to 100 of them; for `mostTrusted` alone. Sources that are not named come
  /// after them all.
  var sources: [SourceName]?

  static func example(in _: ExampleData) -> SaveTraitPolicy {
    SaveTraitPolicy(trait: TraitName(fixed: "dateOfBirth"), rule: .mostTrusted, sources: [.crm, .shop])
  }

  func run(_ call: Call) async throws -> TraitPolicy {
    let sources = sources ?? []
    guard sources.isEmpty == (rule != .mostTrusted) else {
      throw InvalidParam(
        path: "/params/sources", rule: "required",
        message: rule == .mostTrusted ? "must name a source" : "is for the rule mostTrusted alone")
    }
    guard sources.count <= 100, Set(sources).count == sources.count else {
      throw InvalidParam(
        path: "/params/sources", rule: "unique", message: "must be at most 100 sources, each named once")
    }
    return try await call.customerBase.saveTraitPolicy(trait, rule, sources: sources)
  }
}
